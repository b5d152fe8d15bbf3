/** The link of a WhatsApp number to its phone: the code to scan, as long as it is needed. */

import { h, useEffect, useState } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { get, post, send } from "../../server/http.js";
import { Action } from "../frame/action.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Part, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { PairingCode } from "./pairing_code.js";

/** @import { Link } from "../types.d.ts" */
/** @import { Key } from "../words.js" */
/** @import { Loaded } from "../frame/loading.js" */

/** WhatsApp replaces a code every 20 seconds. */
const LOOK_MS = 4000;

/** @param {{id: string}} props of a channel */
export function LinkPage({ id }) {
  /** @type {Loaded<Link>} */
  const loaded = useLoaded(() => get(`/channels/${id}/link`), [id]);
  useEvents(["channel.link"], ({ channel_id: changed }) => {
    if (changed === id) void loaded.reload();
  });
  return h(
    Screen,
    { title: t("link.title"), back: addressOf("channels", id) },
    showLoaded(loaded, (link) => [
      h(Status, { key: "status", link }),
      link.has_code && h(Code, { key: "code", id, reload: loaded.reload }),
      link.status === "STARTING" && h(Look, { key: "look", reload: loaded.reload }),
      h(Commands, { key: "commands", id, link, loaded }),
    ]),
  );
}

/** @param {{link: Link}} props */
function Status({ link }) {
  const isGood = link.status === "WORKING";
  const who = [link.name, link.phone].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "link-status", role: "status" },
    h(
      "p",
      { class: isGood ? "mark is-good" : "mark is-warning" },
      t(/** @type {Key} */ (`link.${link.status}`)),
    ),
    isGood && who && h("bdi", { class: "who-name" }, who),
    link.error && h("p", { class: "field-error", dir: "auto" }, link.error),
    link.stopped_by_admin && h("p", { class: "quiet" }, t("link.stopped")),
  );
}

/** The current code as a picture: whoever scans it can write in the desk's name. @param {{id: string, reload: () => Promise<void>}} props */
function Code({ id, reload }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    let isOver = false;
    let shown = "";
    async function show() {
      try {
        const response = await send("GET", `/channels/${id}/link/qr`, {
          headers: { Accept: "image/png" },
        });
        const picture = URL.createObjectURL(await response.blob());
        if (isOver) URL.revokeObjectURL(picture);
        else {
          URL.revokeObjectURL(shown);
          shown = picture;
          setAddress(picture);
        }
      } catch {
        void reload(); // It was scanned, or its time is over: the status says which.
      }
    }
    void show();
    const timer = setInterval(() => void show(), LOOK_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
      URL.revokeObjectURL(shown);
    };
  }, [id]);
  return [
    h(
      "ol",
      { key: "steps", class: "steps" },
      h("li", null, t("link.step_open")),
      h("li", null, t("link.step_devices")),
      h("li", null, t("link.step_scan")),
    ),
    h(
      "div",
      { key: "code", class: "qr" },
      address && h("img", { src: address, alt: t("link.qr"), width: 264, height: 264 }),
    ),
    h(PairingCode, { key: "pairing", id }),
  ];
}

/** While it starts there may be no event: look again. @param {{reload: () => Promise<void>}} props */
function Look({ reload }) {
  useEffect(() => {
    const timer = setInterval(() => void reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return null;
}

/** @param {{id: string, link: Link, loaded: Loaded<Link>}} props */
function Commands({ id, link, loaded }) {
  /** @param {string} command */
  const run = (command) => async () => loaded.set(await post(`/channels/${id}/link/${command}`));
  const isStopped = link.stopped_by_admin || link.status === "STOPPED";
  return h(
    Part,
    { title: t("link.commands") },
    isStopped
      ? h(Action, { words: t("link.start"), help: t("link.start_help"), run: run("start") })
      : h(Action, { words: t("link.restart"), help: t("link.restart_help"), run: run("restart") }),
    !isStopped && h(Action, { words: t("link.stop"), help: t("link.stop_help"), run: run("stop") }),
    link.status === "WORKING" &&
      h(Action, {
        words: t("link.logout"),
        help: t("link.logout_help"),
        question: {
          text: t("link.logout_text"),
        },
        run: run("logout"),
      }),
  );
}
