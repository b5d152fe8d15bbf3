/** The emoji of the system's font: found by a word, by touch or by keys; recent ones stand first. */

import { h, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { load, save } from "../browser/storage.js";
import { isTouch } from "../composer/focus.js";
import { findEmoji, readList } from "./list.js";
import { t } from "./words.js";

/** @import { EmojiProps } from "../shell/extras.js" */

/** Two lines. */
const MOST_RECENT = 14;
/** As in the style sheet. */
const COLUMNS = 7;
const RECENT = "emoji";
const GROUPS = /** @type {const} */ ([
  "faces",
  "gestures",
  "hearts",
  "signs",
  "work",
  "nature",
  "food",
  "travel",
]);

/** @returns {string[]} */
const recentEmoji = () => load(RECENT) ?? [];

/** @param {EmojiProps} props */
export function Page({ onType, onClose }) {
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState(0);
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const all = GROUPS.flatMap((each) => readList(t(`emoji.${each}`)));
  const found = findEmoji(all, recentEmoji(), wanted);
  const at = Math.min(chosen, found.length - 1);

  useLayoutEffect(() => {
    // By touch the keyboard would stand over the list.
    if (!isTouch()) panel.current?.querySelector("input")?.focus();
  }, []);
  useEffect(() => {
    const bar = panel.current?.parentElement;
    /** @param {Event} event */
    const close = ({ target }) => !(target instanceof Node && bar?.contains(target)) && onClose();
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, []);
  useLayoutEffect(() => {
    panel.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  /** @param {string | undefined} emoji */
  function choose(emoji) {
    if (emoji === undefined) return;
    const others = recentEmoji().filter((each) => each !== emoji);
    save(RECENT, [emoji, ...others].slice(0, MOST_RECENT));
    onClose();
    onType(emoji);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const steps = { ArrowDown: COLUMNS, ArrowUp: -COLUMNS, ArrowRight: 1, ArrowLeft: -1 };
    const step = /** @type {Record<string, number>} */ (steps)[event.key];
    if (step) setChosen(Math.max(0, Math.min(at + step, found.length - 1)));
    else if (event.key === "Enter" && !event.isComposing) choose(found[at]?.emoji);
    else if (event.key === "Escape") {
      onClose();
      onType("");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return h(
    "div",
    { class: "popup emoji", ref: panel, onKeyDown: press },
    h("input", {
      type: "text",
      role: "combobox",
      class: "palette-input",
      autocomplete: "off",
      value: wanted,
      placeholder: t("emoji.search"),
      "aria-label": t("emoji.search"),
      "aria-expanded": "true",
      "aria-controls": "emoji-list",
      "aria-activedescendant": found[at] ? `emoji-${at}` : undefined,
      onInput: (event) => {
        setWanted(event.currentTarget.value);
        setChosen(0);
      },
    }),
    found.length === 0
      ? h("p", { class: "quiet", role: "status" }, t("emoji.none"))
      : h(
          "ul",
          {
            id: "emoji-list",
            class: "emoji-list",
            role: "listbox",
            tabIndex: 0,
            "aria-label": t("emoji.title"),
          },
          found.map(({ emoji, words }, i) =>
            h(
              "li",
              {
                key: emoji,
                id: `emoji-${i}`,
                role: "option",
                class: "emoji-entry",
                title: words,
                "aria-label": words,
                "aria-selected": String(i === at),
                onClick: () => choose(emoji),
              },
              emoji,
            ),
          ),
        ),
  );
}
