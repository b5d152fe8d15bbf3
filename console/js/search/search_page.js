/** Search in messages and names; each hit opens its conversation. */

import { h, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { language, t } from "../i18n/words.js";
import { get, query } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Avatar } from "../shell/avatar.js";
import { Failure } from "../shell/problems.js";
import { goTo, route } from "../shell/route.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { Skeleton } from "../shell/skeleton.js";
import { channelName } from "../text/channels.js";
import { preview } from "../text/labels.js";
import { fullTime } from "../text/time.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Page, SearchResult } from "../../types.d.ts" */

const WAIT_MS = 300;
const PAGE = 20;
/** A page searches a limited number of sessions and may be empty: this many are asked in a row. */
const MOST_PAGES = 10;

/** @typedef {{items: SearchResult[], next: string | null}} Found */

export function SearchPage() {
  const { words } = route.value;
  const [found, setFound] = useState(/** @type {Found | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const run = useRef(0);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => input.current?.focus(), []);
  useShortcuts({ "Ctrl+f": () => input.current?.select() });

  /** @param {Found} before */
  async function search(before) {
    const mine = ++run.current;
    setBusy(true);
    setProblem(null);
    try {
      const items = [...before.items];
      let { next } = before;
      const enough = items.length + PAGE;
      for (
        let i = 0;
        i < MOST_PAGES && (i === 0 || (next !== null && items.length < enough));
        i++
      ) {
        /** @type {Page<SearchResult>} */
        const page = await get(`/search${query({ q: words, limit: PAGE, cursor: next })}`);
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
  const begin = () => void search({ items: [], next: null });

  useEffect(() => {
    run.current++;
    setFound(null);
    if (!words.trim()) return setBusy(false);
    setBusy(true);
    const timer = setTimeout(begin, WAIT_MS);
    return () => clearTimeout(timer);
  }, [words]);

  return h(
    "section",
    { class: "pane list-pane", "aria-label": t("nav.search") },
    h("header", { class: "pane-head" }, h("h1", null, t("nav.search"))),
    h(
      "form",
      { class: "search-form", role: "search", onSubmit: (event) => event.preventDefault() },
      h("input", {
        type: "search",
        value: words,
        autocomplete: "off",
        "aria-label": t("search.label"),
        placeholder: t("search.hint"),
        ref: input,
        onInput: (event) =>
          goTo(
            { page: "search", words: event.currentTarget.value, conversation: null },
            { replace: true },
          ),
      }),
    ),
    problem
      ? h(Failure, { problem, onRetry: begin })
      : isBusy && !found
        ? h(Skeleton, { lines: 6, kind: "row" })
        : found === null
          ? h("div", { class: "empty" }, h("p", { class: "quiet" }, t("search.start")))
          : h(Hits, { found, words, isBusy, onMore: () => void search(found) }),
  );
}

/** @param {{found: Found, words: string, isBusy: boolean, onMore: () => void}} props */
function Hits({ found, words, isBusy, onMore }) {
  if (found.items.length === 0 && found.next === null) {
    return h(
      "div",
      { class: "empty", role: "status" },
      h("p", { class: "empty-title" }, t("search.nothing", { words })),
      h("p", { class: "quiet" }, t("search.nothing_next")),
    );
  }
  return h(
    "div",
    { class: "rows", tabIndex: 0, "aria-label": t("search.hits"), role: "region" },
    h(
      "ul",
      { class: "hits" },
      found.items.map(({ session, hit }) =>
        h(
          "li",
          { key: session.id },
          h(
            "button",
            {
              type: "button",
              class: "hit",
              onClick: () =>
                goTo({
                  page: "inbox",
                  view: "all",
                  conversation: session.conversation_id,
                  message: hit?.message_id ?? null,
                }),
            },
            h(Avatar, { id: session.client.id, name: session.client.name }),
            h(
              "span",
              { class: "row-main" },
              h("bdi", { class: "row-name" }, session.client.name),
              h(Snippet, { session, hit }),
              h(
                "span",
                { class: "quiet small" },
                channelName(session.channel.kind),
                " · ",
                fullTime(hit?.created_at ?? session.created_at, language.value),
                session.agent ? ` · ${session.agent.name}` : "",
              ),
            ),
          ),
        ),
      ),
    ),
    found.next !== null &&
      h(
        "button",
        { type: "button", class: "button more-hits", disabled: isBusy, onClick: onMore },
        isBusy ? t("common.loading") : t("search.more"),
      ),
  );
}

/** @param {SearchResult} props */
function Snippet({ session, hit }) {
  if (hit === null) {
    return h("span", { class: "row-text", dir: "auto" }, preview(session.last_message));
  }
  return h(
    "span",
    { class: "snippet", dir: "auto" },
    hit.direction === "internal" && h("span", { class: "mark is-note" }, t("note.label")),
    hit.before,
    h("mark", null, hit.match),
    hit.after,
  );
}
