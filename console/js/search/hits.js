/** Hits that are loaded page by page: the search in messages and the list of customers. */

import { h, useRef, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { get, withQuery } from "../server/http.js";
import { toProblem } from "../server/problem.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { VNode } from "../vendor/preact.js" */
/** @import { Page } from "../../types.d.ts" */

/** @template T @typedef {{items: T[], next: string | null}} Hits */

/** A page examines a limited number of rows and may be empty: this many are asked in a row. */
const MOST_PAGES = 10;

/**
 * Keep the hits of one list. Each call of `load` or `forget` ends an earlier `load`.
 * @template T @param {string} path with its parameters @param {number} size how many hits are loaded at a time
 */
export function useHits(path, size) {
  const [found, setFound] = useState(/** @type {Hits<T> | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const run = useRef(0);

  /** @param {string} words @param {Hits<T>} [before] what is loaded already */
  async function load(words, before = { items: [], next: null }) {
    const mine = ++run.current;
    setBusy(true);
    setProblem(null);
    try {
      const items = [...before.items];
      let { next } = before;
      const enough = items.length + size;
      for (
        let i = 0;
        i < MOST_PAGES && (i === 0 || (next !== null && items.length < enough));
        i++
      ) {
        /** @type {Page<T>} */
        const page = await get(withQuery(path, { q: words || null, limit: size, cursor: next }));
        if (mine !== run.current) return;
        items.push(...page.items);
        next = page.next;
      }
      setFound({ items, next });
    } catch (error) {
      if (mine === run.current) setProblem(toProblem(error));
    } finally {
      if (mine === run.current) setBusy(false);
    }
  }

  /** @param {boolean} isNextExpected another search follows in a moment */
  function forget(isNextExpected) {
    run.current++;
    setFound(null);
    setBusy(isNextExpected);
  }

  return { found, problem, isBusy, load, forget };
}

/**
 * Show hits with a button for more, or that there are none.
 * @template T
 * @param {object} given
 * @param {Hits<T>} given.found @param {boolean} given.isBusy @param {() => void} given.onMore
 * @param {string} given.more the words of the button
 * @param {{title: string, help: string}} given.nothing
 * @param {string} [given.label] what they are
 * @param {(hit: T) => VNode} given.show a list item
 */
export function showHits({ found, isBusy, onMore, more, nothing, show, label }) {
  if (found.items.length === 0 && found.next === null) {
    return h(
      "div",
      { class: "empty", role: "status" },
      h("p", { class: "empty-title" }, nothing.title),
      h("p", { class: "quiet" }, nothing.help),
    );
  }
  return h(
    "div",
    { class: "rows", tabIndex: 0, role: "region", "aria-label": label ?? t("search.hits") },
    h("ul", { class: "hits" }, found.items.map(show)),
    found.next !== null &&
      h(
        "button",
        { type: "button", class: "button more-hits", disabled: isBusy, onClick: onMore },
        isBusy ? t("common.loading") : more,
      ),
  );
}
