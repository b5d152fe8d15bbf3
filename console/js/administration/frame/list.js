/**
 * Lists of the administration: rows that lead to a form, loaded page by page.
 *
 *     const list = useList("/users");
 *     useEvents(["agent.status"], list.reload);
 *     return showList(list, {
 *       nothing: { title: t("people.none"), help: t("people.none_next") },
 *       show: (user) => h(ItemRow, { key: user.id, href: addressOf("people", user.id), title: user.name }),
 *     });
 */

import { h, useEffect, useState } from "../../vendor/preact.js";
import { showHits, useHits } from "../../search/hits.js";
import { Icon } from "../../shell/icons.js";
import { Failure } from "../../shell/problems.js";
import { Skeleton } from "../../shell/skeleton.js";
import { t } from "../words.js";

/** @import { Child, VNode } from "../../vendor/preact.js" */

const PAGE = 50;
const WAIT_MS = 300;

/**
 * @template T
 * @typedef {ReturnType<typeof useHits<T>> & {words: string, setWords: (words: string) => void, reload: () => void}} List
 */

/**
 * Load the pages of a route that lists things; `words` are sent as `q`.
 * @template T @param {string} path @returns {List<T>}
 */
export function useList(path) {
  const [words, setWords] = useState("");
  /** @type {ReturnType<typeof useHits<T>>} */
  const hits = useHits(path, PAGE);
  const reload = () => void hits.load(words);
  useEffect(() => {
    const timer = setTimeout(reload, words ? WAIT_MS : 0);
    return () => clearTimeout(timer);
  }, [path, words]);
  return { ...hits, words, setWords, reload };
}

/**
 * @template T
 * @param {List<T>} list
 * @param {{nothing: {title: string, help: string}, show: (item: T) => VNode}} how
 */
export function showList(list, { nothing, show }) {
  const { found, problem, isBusy, load, words, reload } = list;
  if (problem) return h(Failure, { problem, onRetry: reload });
  if (found === null) return h(Skeleton, { lines: 6, kind: "row" });
  return showHits({
    found,
    isBusy,
    onMore: () => void load(words, found),
    more: t("list.more"),
    nothing: words
      ? { title: t("search.nothing", { words }), help: t("search.nothing_next") }
      : nothing,
    show,
  });
}

/** The field that searches in a list. @param {{list: List<any>, label: string}} props */
export function ListSearch({ list, label }) {
  return h("input", {
    type: "search",
    value: list.words,
    autocomplete: "off",
    "aria-label": label,
    placeholder: label,
    onInput: (event) => list.setWords(event.currentTarget.value),
  });
}

/**
 * A row that leads somewhere.
 * @param {object} props
 * @param {string} props.href @param {string} props.title @param {Child} [props.text]
 * @param {Child} [props.before] such as an avatar
 * @param {[words: string, kind?: "warning" | "priority" | "good"][]} [props.marks]
 */
export function ItemRow({ href, title, text, before, marks = [] }) {
  return h(
    "li",
    null,
    h(
      "a",
      { class: "hit item-row", href },
      before,
      h(
        "span",
        { class: "row-main" },
        h("bdi", { class: "row-name" }, title),
        text && h("span", { class: "row-text", dir: "auto" }, text),
      ),
      marks.length > 0 &&
        h(
          "span",
          { class: "item-marks" },
          marks.map(([words, kind]) =>
            h("span", { key: words, class: kind ? `mark is-${kind}` : "mark" }, words),
          ),
        ),
      h(Icon, { name: "forward", size: 18 }),
    ),
  );
}
