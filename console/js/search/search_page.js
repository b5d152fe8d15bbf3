/** Search in messages and names; each hit opens its conversation. */

import { h, useEffect, useLayoutEffect, useRef } from "../vendor/preact.js";
import { language, t } from "../i18n/words.js";
import { nameOf } from "../live/names.js";
import { Avatar } from "../shell/avatar.js";
import { focusFirst } from "../shell/page_focus.js";
import { Failure } from "../shell/problems.js";
import { goTo, route } from "../shell/route.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { Skeleton } from "../shell/skeleton.js";
import { channelName } from "../text/channels.js";
import { preview } from "../text/labels.js";
import { fullTime } from "../text/time.js";
import { showHits, useHits } from "./hits.js";

/** @import { SearchResult } from "../../types.d.ts" */

const WAIT_MS = 300;
const PAGE = 20;

export function SearchPage() {
  const { words } = route.value;
  /** @type {ReturnType<typeof useHits<SearchResult>>} */
  const { found, problem, isBusy, load, forget } = useHits("/search", PAGE);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => input.current?.focus(), []);
  useShortcuts({ "Ctrl+f": () => input.current?.select() });

  const begin = () => void load(words);
  useEffect(() => {
    const isSearched = words.trim() !== "";
    forget(isSearched);
    if (!isSearched) return;
    const timer = setTimeout(begin, WAIT_MS);
    return () => clearTimeout(timer);
  }, [words]);

  return h(
    "section",
    { class: "pane list-pane", "aria-label": t("nav.search") },
    h("header", { class: "pane-head" }, h("h1", null, t("nav.search"))),
    h(
      "form",
      {
        class: "search-form",
        role: "search",
        onSubmit: (event) => {
          event.preventDefault();
          focusFirst(event.currentTarget.parentElement, ".hit");
        },
      },
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
          : showHits({
              found,
              isBusy,
              onMore: () => void load(words, found),
              more: t("search.more"),
              nothing: { title: t("search.nothing", { words }), help: t("search.nothing_next") },
              show: (each) => h(Hit, { key: each.session.id, ...each }),
            }),
  );
}

/** @param {SearchResult} props */
function Hit({ session, hit }) {
  return h(
    "li",
    null,
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
          session.agent ? ` · ${nameOf(session.agent)}` : "",
        ),
      ),
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
