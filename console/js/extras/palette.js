/** Everything by a few letters: conversations, commands for the shown one, screens. */

import { h, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { chosenMacro, listMacros, loadCannedReplies } from "../composer/canned_replies.js";
import { listCommands } from "../composer/commands.js";
import { findRowsByName } from "../inbox/store.js";
import { placeOf } from "../server/abilities.js";
import { shownSession } from "./session_dialog.js";
import { Dialog } from "../shell/dialog.js";
import { goTo } from "../shell/route.js";
import { linkToView, loadSavedViews, savedViews } from "./saved_views.js";
import { t } from "./words.js";

/** @import { Key } from "./words.js" */

/** @typedef {{id: string, kind: Key, text: string, more?: string, run: () => unknown}} Entry */

const MOST = 8;
/** @type {("inbox" | "search" | "clients" | "more")[]} */
const SCREENS = ["inbox", "search", "clients", "more"];

/** @type {("administration" | "reports")[]} */
const FOR_ADMINS = ["administration", "reports"];

const listScreens = () => (me.value?.role === "ADMIN" ? [...SCREENS, ...FOR_ADMINS] : SCREENS);

/** @param {string} words @returns {Entry[]} */
function findEntries(words) {
  const wanted = words.trim().toLowerCase();
  const isWanted = (/** @type {string} */ text) => text.toLowerCase().includes(wanted);
  const session = shownSession();
  const commands = session === null ? [] : listCommands(session);
  return [
    ...(wanted ? findRowsByName(wanted, MOST) : []).map((row) => ({
      id: `row-${row.id}`,
      kind: /** @type {Key} */ ("palette.conversation"),
      text: row.client.name,
      more: placeOf(row.channel),
      run: () =>
        goTo({ page: "inbox", view: "all", conversation: row.id, showsClient: false, words: "" }),
    })),
    ...commands
      .filter(({ name, text }) => isWanted(`/${name} ${text}`))
      .map(({ name, text, run }) => ({
        id: `command-${name}`,
        kind: /** @type {Key} */ ("palette.command"),
        text,
        more: `/${name}`,
        run,
      })),
    ...listMacros(session?.channel.id)
      .filter(({ shortcut, title }) => isWanted(`/${shortcut} ${title}`))
      .slice(0, MOST)
      .map((reply) => ({
        id: `macro-${reply.id}`,
        kind: /** @type {Key} */ ("palette.macro"),
        text: reply.title,
        more: `/${reply.shortcut}`,
        run: () => (chosenMacro.value = reply),
      })),
    ...savedViews.value
      .filter(({ name }) => isWanted(name))
      .map((view) => ({
        id: `view-${view.name}`,
        kind: /** @type {Key} */ ("palette.view"),
        text: view.name,
        run: () => (location.hash = linkToView(view)),
      })),
    ...listScreens()
      .filter((page) => isWanted(t(`nav.${page}`)))
      .map((page) => ({
        id: `screen-${page}`,
        kind: /** @type {Key} */ ("palette.screen"),
        text: t(`nav.${page}`),
        run: () => goTo({ page, conversation: null, showsClient: false, words: "", path: [] }),
      })),
    ...(wanted
      ? [
          {
            id: "search",
            kind: /** @type {Key} */ ("palette.screen"),
            text: t("palette.search", { words: words.trim() }),
            run: () => goTo({ page: "search", conversation: null, words: words.trim() }),
          },
        ]
      : []),
  ];
}

/** @param {{onClose: () => void}} props */
export function Palette({ onClose }) {
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = findEntries(words);
  useEffect(() => {
    const channel = shownSession()?.channel.id;
    // Without them the rest is found.
    loadSavedViews().catch(() => {});
    if (channel) loadCannedReplies(channel).catch(() => {});
  }, []);
  const at = Math.min(chosen, entries.length - 1);

  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  /** @param {Entry | undefined} entry */
  function run(entry) {
    if (!entry) return;
    onClose();
    entry.run();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((at + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === "Enter" && !event.isComposing) run(entries[at]);
    else return;
    event.preventDefault();
  }

  return h(
    Dialog,
    { title: t("palette.title"), onClose, kind: "palette" },
    h("input", {
      type: "text",
      role: "combobox",
      class: "palette-input",
      autocomplete: "off",
      value: words,
      placeholder: t("palette.hint"),
      "aria-label": t("palette.hint"),
      "aria-expanded": "true",
      "aria-controls": "palette-list",
      "aria-activedescendant": entries[at] ? `palette-${entries[at].id}` : undefined,
      // The browser gives it the focus when the dialog opens.
      autofocus: true,
      onInput: (event) => {
        setWords(event.currentTarget.value);
        setChosen(0);
      },
      onKeyDown: press,
    }),
    h(
      "ul",
      {
        id: "palette-list",
        class: "palette-list",
        role: "listbox",
        ref: list,
        "aria-label": t("palette.title"),
      },
      entries.map((each, i) =>
        h(
          "li",
          {
            key: each.id,
            id: `palette-${each.id}`,
            role: "option",
            class: "palette-entry",
            "aria-selected": String(i === at),
            onClick: () => run(each),
          },
          h("bdi", { class: "one-line" }, each.text),
          each.more && h("bdi", { class: "quiet small one-line" }, each.more),
          h("span", { class: "quiet small palette-kind" }, t(each.kind)),
        ),
      ),
    ),
  );
}
