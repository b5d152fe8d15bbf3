/** What stands above the field: warnings, what is answered or changed, and the choice of the mode. */

import { h } from "../vendor/preact.js";
import { now } from "../browser/clock.js";
import { t } from "../i18n/words.js";
import { lostSince } from "../live/stream.js";
import { Icon } from "../shell/icons.js";

/** @import { SessionDetail } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */
/** @import { Mode } from "./drafts.js" */

const STALE_MS = 60_000;

/** @param {{row: Row | undefined, session: SessionDetail}} props */
export function Warnings({ row, session }) {
  const isStale = lostSince.value !== null && now.value - lostSince.value > STALE_MS;
  const texts = [
    isStale && t("composer.stale"),
    row?.unreachable && t("composer.unreachable", { reason: row.unreachable }),
    session.client.is_blocked && t("composer.blocked"),
    session.status === "ENDED" && t("composer.ended"),
  ].filter((each) => typeof each === "string");
  return texts.map((each) =>
    h("p", { key: each, class: "composer-warning", role: "status" }, each),
  );
}

/** @param {{mode: Mode, onChoose: (mode: Mode) => void}} props */
export function Modes({ mode, onChoose }) {
  return h(
    "div",
    { class: "modes", role: "group", "aria-label": t("composer.mode") },
    /** @type {Mode[]} */ (["reply", "note"]).map((each) =>
      h(
        "button",
        {
          key: each,
          type: "button",
          class: `mode is-${each}`,
          "aria-pressed": String(mode === each),
          onClick: () => onChoose(each),
        },
        t(each === "reply" ? "composer.mode_reply" : "composer.mode_note"),
      ),
    ),
  );
}

/** @param {{label: string, words: string, onClose: () => void}} props */
export function Strip({ label, words, onClose }) {
  return h(
    "div",
    { class: "strip" },
    h("span", { class: "strip-label" }, label),
    h("bdi", { class: "strip-words" }, words),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("common.cancel"), onClick: onClose },
      h(Icon, { name: "close", size: 18 }),
    ),
  );
}
