/**
 * A popup after `/` with canned replies and commands, in a note after `@` with colleagues, and only
 * while something matches.
 */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { attempt } from "../shell/notices.js";
import { listColleagues, loadColleagues } from "./colleagues.js";
import { fillIn, findCannedReplies, loadCannedReplies } from "./canned_replies.js";
import { findCommands } from "./commands.js";

/** @import { CannedReply, SessionDetail } from "../../types.d.ts" */

/** @typedef {{id: string, name: string, title: string, text: string, choose: () => void}} Entry */

/**
 * @param {object} given
 * @param {string} given.text @param {SessionDetail} given.session
 * @param {boolean} given.isOff where `/` means nothing
 * @param {boolean} given.isNote @param {number} given.caret
 * @param {(text: string, caret?: number) => void} given.onText
 * @param {(text: string, reply: CannedReply) => void} given.onReply
 * @param {(text: string) => void} given.onCommand
 */
export function useSlashMenu({ text, session, isOff, isNote, caret, onText, onReply, onCommand }) {
  const isNaming = isNote && text.includes("@");
  const words = isOff ? undefined : /^\/(?:r\s+)?([^\s/][^\n]*|)$/.exec(text)?.[1];
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState("");
  useEffect(() => {
    if (words !== undefined) loadCannedReplies(session.channel.id).catch(() => {});
  }, [words === undefined, session.channel.id]);
  useEffect(() => {
    if (isNaming) loadColleagues().catch(() => {});
  }, [isNaming]);
  useEffect(() => setActive(0), [words, isNaming && text]);

  /** @type {Entry[]} */
  const replies = findCannedReplies(session.channel.id, words ?? "").map((each) => ({
    id: each.id,
    name: `/${each.shortcut}`,
    title: each.title,
    text: each.text,
    choose: () => void attempt(async () => onReply(await fillIn(each, session), each)),
  }));
  /** @type {Entry[]} */
  const commands = findCommands(words ?? "").map(({ name, key }) => ({
    id: name,
    name: `/${name}`,
    title: t(key),
    text: "",
    choose: () => onCommand(`/${name}`),
  }));
  const found = isNaming
    ? listColleagues(text, caret, onText)
    : words === undefined
      ? []
      : [...replies, ...commands];
  const isOpen = found.length > 0 && dismissed !== text;

  return {
    isOpen,
    found,
    active,
    label: t(isNaming ? "mention.colleagues" : "canned.title"),
    /** @type {Record<string, string | undefined>} */
    inputAttributes: isOpen
      ? {
          // Not a combobox: a field of several lines must not be one.
          "aria-autocomplete": "list",
          "aria-haspopup": "listbox",
          "aria-controls": "slash-menu",
          "aria-activedescendant": `slash-${active}`,
        }
      : {},
    /** Use a key; return whether it was used. @param {KeyboardEvent} event */
    press(event) {
      if (!isOpen) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) setActive((active + step + found.length) % found.length);
      else if (event.key === "Enter" || event.key === "Tab") found[active]?.choose();
      else if (event.key === "Escape") setDismissed(text);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** @param {{found: Entry[], active: number, label: string}} props */
export function SlashMenu({ found, active, label }) {
  return h(
    "ul",
    { class: "popup", id: "slash-menu", role: "listbox", "aria-label": label },
    found.map((each, i) =>
      h(
        "li",
        {
          key: each.id,
          id: `slash-${i}`,
          role: "option",
          "aria-selected": String(i === active),
          class: i === active ? "popup-item is-active" : "popup-item",
          onMouseDown: (/** @type {Event} */ event) => event.preventDefault(),
          onClick: each.choose,
        },
        h("span", { class: "popup-key" }, each.name),
        h("span", { class: "popup-title", dir: "auto" }, each.title),
        each.text && h("span", { class: "popup-text quiet small", dir: "auto" }, each.text),
      ),
    ),
  );
}
