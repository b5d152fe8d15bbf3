/** All customers: find one by name, number or address, and look at them. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { get, query } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { Failure } from "../shell/problems.js";
import { goTo, linkTo, route } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { ClientDetails } from "./client_details.js";

/** @import { ClientBrief, Page } from "../../types.d.ts" */
/** @import { Problem } from "../server/problem.js" */

/** @typedef {ClientBrief & {email: string | null}} Found */

const WAIT_MS = 300;
const PAGE = 30;
/** A page examines a limited number of clients and may be empty: this many are asked in a row. */
const MOST_PAGES = 10;

export function ClientsPage() {
  const { client } = route.value;
  return [
    h(ClientList, { key: "list" }),
    client ? h(ClientPane, { key: client, id: client }) : h(NoClient, { key: "none" }),
  ];
}

function ClientList() {
  const { words, client } = route.value;
  const [found, setFound] = useState(
    /** @type {{items: Found[], next: string | null} | null} */ (null),
  );
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isBusy, setBusy] = useState(true);
  const run = useRef(0);

  /** @param {{items: Found[], next: string | null}} before */
  async function load(before) {
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
        /** @type {Page<Found>} */
        const page = await get(`/clients${query({ q: words || null, limit: PAGE, cursor: next })}`);
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
  const begin = () => void load({ items: [], next: null });
  useEffect(() => {
    const timer = setTimeout(begin, words ? WAIT_MS : 0);
    return () => clearTimeout(timer);
  }, [words]);

  return h(
    "section",
    { class: "pane list-pane", "aria-label": t("nav.clients") },
    h("header", { class: "pane-head" }, h("h1", null, t("nav.clients"))),
    h(
      "form",
      { class: "search-form", role: "search", onSubmit: (event) => event.preventDefault() },
      h("input", {
        type: "search",
        value: words,
        autocomplete: "off",
        "aria-label": t("clients.label"),
        placeholder: t("clients.hint"),
        onInput: (event) => goTo({ words: event.currentTarget.value }, { replace: true }),
      }),
    ),
    problem
      ? h(Failure, { problem, onRetry: begin })
      : found === null
        ? h(Skeleton, { lines: 7, kind: "row" })
        : h(Hits, { found, words, client, isBusy, onMore: () => void load(found) }),
  );
}

/**
 * @param {object} props
 * @param {{items: Found[], next: string | null}} props.found @param {string} props.words
 * @param {string | null} props.client @param {boolean} props.isBusy @param {() => void} props.onMore
 */
function Hits({ found, words, client, isBusy, onMore }) {
  if (found.items.length === 0 && found.next === null) {
    return h(
      "div",
      { class: "empty", role: "status" },
      h("p", { class: "empty-title" }, words ? t("search.nothing", { words }) : t("clients.none")),
      h("p", { class: "quiet" }, words ? t("search.nothing_next") : t("empty.all_next")),
    );
  }
  return h(
    "div",
    { class: "rows", tabIndex: 0, role: "region", "aria-label": t("search.hits") },
    h(
      "ul",
      { class: "hits" },
      found.items.map((each) =>
        h(
          "li",
          { key: each.id },
          h(
            "button",
            {
              type: "button",
              class: each.id === client ? "hit is-open" : "hit",
              onClick: () => goTo({ client: each.id }),
            },
            h(Avatar, { id: each.id, name: each.name }),
            h(
              "span",
              { class: "row-main" },
              h("bdi", { class: "row-name" }, each.name),
              h(
                "bdi",
                { class: "row-text" },
                each.phone ?? each.email ?? (each.username && `@${each.username}`) ?? "",
              ),
            ),
            each.is_blocked && h("span", { class: "mark is-priority" }, t("client.is_blocked")),
          ),
        ),
      ),
    ),
    found.next !== null &&
      h(
        "button",
        { type: "button", class: "button more-hits", disabled: isBusy, onClick: onMore },
        isBusy ? t("common.loading") : t("clients.more"),
      ),
  );
}

/** @param {{id: string}} props */
function ClientPane({ id }) {
  return h(
    "section",
    { class: "pane client-page", "aria-label": t("client.title") },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        {
          class: "icon-button back",
          href: linkTo({ client: null }),
          "aria-label": t("common.back"),
        },
        h(Icon, { name: "back" }),
      ),
      h("h1", null, t("client.title")),
    ),
    h(ClientDetails, { id, session: null }),
  );
}

function NoClient() {
  return h(
    "section",
    { class: "pane client-page is-empty", "aria-label": t("clients.choose") },
    h("div", { class: "empty" }, h("p", { class: "quiet" }, t("clients.choose"))),
  );
}
