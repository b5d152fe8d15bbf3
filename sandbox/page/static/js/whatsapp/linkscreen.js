// The phone of a linked session: its status, the code to scan, and a button to unlink it.

import { el, icon, reconcile } from "../dom.js";
import { complain } from "../notices.js";
import { codeUrl, phoneAct } from "./api.js";
import { STATUS_WORDS } from "./known.js";

const NEXT = {
  STOPPED: "The session is stopped. Start it from the desk.",
  STARTING: "Connecting to WhatsApp.",
  SCAN_QR_CODE: "Scan this code to link the phone to the desk.",
  FAILED: "The link was lost, or no code was scanned in time. An admin of the desk can get a new code with /qr.",
  WORKING: "Messages to this number reach the desk.",
};

export class LinkScreen {
  constructor(store) {
    this.store = store;
    this.header = el("header", { class: "phone-header" });
    this.body = el("div", { class: "link-body" });
    this.parts = [this.header, this.body];
  }

  draw(line) {
    const { name, status, me, qr, code } = line.facts;
    const signature = [name, status, me?.id, qr, code].join();
    reconcile(this.header, [{ key: "title", signature, build: () => title(line) }]);
    reconcile(this.body, [{ key: "link", signature, build: () => this.#card(line) }]);
  }

  #card(line) {
    const { status, me, qr, code } = line.facts;
    const button = (label, act, body, kind = "primary") =>
      el("button", { type: "button", class: kind, text: label, on: { click: () => this.#act(line, act, body) } });
    return el(
      "div",
      { class: `link-card is-${status.toLowerCase().replaceAll("_", "-")}` },
      qr ? el("img", { class: "link-code", src: codeUrl(line.facts), alt: "QR code of the session" }) : mark(status),
      el("b", { role: "status", text: STATUS_WORDS[status] ?? status }),
      me ? el("p", { text: `${me.pushName} · +${me.id.split("@")[0]}` }) : null,
      el("p", { text: NEXT[status] ?? "Confirm it on the phone." }),
      code ? el("p", { class: "link-pairing" }, "Pairing code ", el("b", { text: code })) : null,
      qr ? button("Scan it", "scan", {}) : null,
      code ? button("Enter the pairing code", "scan", { code }, "quiet") : null,
      qr ? button("Let the code expire", "next-code", {}, "quiet") : null,
      me ? button("Unlink this phone", "unlink", {}, "quiet") : null,
    );
  }

  async #act(line, act, body) {
    try {
      await phoneAct(line.id, act, body);
      await this.store.load();
    } catch (error) {
      complain(this.body, error);
    }
  }
}

const title = ({ id }) =>
  el(
    "div",
    { class: "title-bar" },
    el("span", { class: "avatar avatar-link", "aria-hidden": "true", text: "QR" }),
    el("div", { class: "title-lines" }, el("h2", { text: "Linked devices" }), el("span", { text: `Session ${id}` })),
  );

const mark = (status) =>
  el("span", { class: "hello-mark" }, icon(status === "WORKING" ? "check" : status === "FAILED" ? "block" : "link"));
