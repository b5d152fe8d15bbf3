// The field to write in. Each place (a chat, a topic) keeps its own unsent draft.

import { SAMPLES, chooseFiles, waitingFiles } from "./attachments.js";
import { describe } from "./describe.js";
import { el, icon, iconButton } from "./dom.js";
import { openMenu } from "./menu.js";
import { nameOf, senderOf } from "./people.js";

const TALLEST = 160;
const blank = () => ({ text: "", reply: null, edit: null, files: [] });

export class Composer {
  #drafts = new Map();
  #draft = blank();

  /** `submit(draft)` sends the draft, `sample(message)` a sample; `editLast()` begins an edit. */
  constructor({ submit, sample, editLast }) {
    Object.assign(this, { submit, sample, editLast });
    this.banner = el("div", { class: "composer-banner" });
    this.box = el("textarea", {
      rows: "1",
      "aria-label": "Message",
      enterkeyhint: "send",
      placeholder: "Message",
      dir: "auto",
    });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("paste", (event) => this.#taken(event, event.clipboardData));
    const attach = iconButton("clip", "Attach", (event) => this.#attach(event.currentTarget), {
      "aria-haspopup": "menu",
    });
    const send = el(
      "button",
      { type: "submit", class: "send", "aria-label": "Send", title: "Send" },
      icon("send"),
    );
    this.menu = el("span");
    this.element = el(
      "form",
      { class: "composer" },
      this.banner,
      el("div", { class: "composer-line" }, this.menu, attach, this.box, send),
    );
    this.element.addEventListener("submit", (event) => this.#send(event));
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#taken(event, event.dataTransfer));
  }

  /** Change to another place and restore its draft. */
  open(place, placeholder) {
    this.box.placeholder = placeholder;
    if (this.place === place) return;
    this.place = place;
    if (!this.#drafts.has(place)) this.#drafts.set(place, blank());
    this.#draft = this.#drafts.get(place);
    this.#draw();
  }

  reply(message) {
    this.#change({ reply: message, ...(this.#draft.edit ? { edit: null, text: "" } : {}) });
  }

  edit(message) {
    this.#change({ edit: message, reply: null, files: [], text: message.text ?? message.caption ?? "" });
  }

  #change(change) {
    Object.assign(this.#draft, change);
    this.#draw();
    this.box.focus();
  }

  #draw() {
    const { text, reply, edit, files } = this.#draft;
    if (this.box.value !== text) this.box.value = text;
    const about = edit ?? reply;
    this.banner.replaceChildren(
      ...(about ? [this.#about(about, edit ? "Edit message" : `Reply to ${nameOf(senderOf(about))}`)] : []),
      ...(files.length
        ? [waitingFiles(files, (at) => this.#change({ files: files.filter((_, i) => i !== at) }))]
        : []),
    );
    this.#typed();
  }

  #about(message, title) {
    const cancel = () => this.#change(this.#draft.edit ? { edit: null, text: "" } : { reply: null });
    const lines = el(
      "div",
      { class: "about-lines" },
      el("b", { text: title }),
      el("span", { text: describe(message) }),
    );
    return el(
      "div",
      { class: "about" },
      icon(this.#draft.edit ? "edit" : "reply"),
      lines,
      iconButton("close", "Cancel", cancel),
    );
  }

  #typed() {
    this.#draft.text = this.box.value;
    this.box.style.height = "auto";
    if (this.box.scrollHeight) this.box.style.height = `${Math.min(this.box.scrollHeight, TALLEST)}px`;
    this.element.classList.toggle("ready", !!this.box.value.trim() || this.#draft.files.length > 0);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) this.#send(event);
    if (event.key === "Escape")
      this.#change(this.#draft.edit ? { edit: null, text: "" } : { reply: null, files: [] });
    if (event.key === "ArrowUp" && !this.box.value) this.editLast();
  }

  async #send(event) {
    event.preventDefault();
    const draft = { ...this.#draft, text: this.box.value.trim() };
    if (!draft.text && !draft.files.length) return;
    this.#change(blank());
    const kept = this.#draft;
    const sent = await this.submit(draft);
    // A draft that could not be sent is restored, unless a new one was begun meanwhile.
    if (!sent && !kept.text) Object.assign(kept, draft);
    this.#draw();
  }

  #taken(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.#add(files.map((file) => ({ file, asFile: false })));
  }

  #add(files) {
    this.#change({ files: [...this.#draft.files, ...files] });
  }

  #attach(anchor) {
    const add = (files) => this.#add(files);
    const samples = SAMPLES.map(({ label, icon: name, message }) => ({
      label,
      icon: name,
      run: () => this.sample(message),
    }));
    openMenu(anchor, [
      { label: "Picture or video…", icon: "photo", run: () => chooseFiles(false, add) },
      { label: "File…", icon: "file", run: () => chooseFiles(true, add) },
      ...samples,
    ]);
  }
}
