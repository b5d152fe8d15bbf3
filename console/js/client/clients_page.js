/** All customers: find one by name, number or address, and look at them. */

import { h, useEffect } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { ClientDetails, Timeline } from "../shell/extras.js";
import { Failure } from "../shell/problems.js";
import { goTo, linkTo, route } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { showHits, useHits } from "../search/hits.js";

/** @import { ClientBrief } from "../../types.d.ts" */

/** @typedef {ClientBrief & {email: string | null}} Found */

const WAIT_MS = 300;
const PAGE = 30;

export function ClientsPage() {
  const { client } = route.value;
  return [
    h(ClientList, { key: "list" }),
    client ? h(ClientPane, { key: client, id: client }) : h(NoClient, { key: "none" }),
  ];
}

function ClientList() {
  const { words, client } = route.value;
  /** @type {ReturnType<typeof useHits<Found>>} */
  const { found, problem, isBusy, load } = useHits("/clients", PAGE);
  const begin = () => void load(words);
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
        : showHits({
            found,
            isBusy,
            onMore: () => void load(words, found),
            more: t("clients.more"),
            nothing: words
              ? { title: t("search.nothing", { words }), help: t("search.nothing_next") }
              : { title: t("clients.none"), help: t("empty.all_next") },
            show: (each) => h(Hit, { key: each.id, client: each, isOpen: each.id === client }),
          }),
  );
}

/** @param {{client: Found, isOpen: boolean}} props */
function Hit({ client, isOpen }) {
  const { id, name, phone, email, username } = client;
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: isOpen ? "hit is-open" : "hit",
        onClick: () => goTo({ client: id, showsTimeline: false }),
      },
      h(Avatar, { id, name }),
      h(
        "span",
        { class: "row-main" },
        h("bdi", { class: "row-name" }, name),
        h("bdi", { class: "row-text" }, phone ?? email ?? (username && `@${username}`) ?? ""),
      ),
      client.is_blocked && h("span", { class: "mark is-priority" }, t("client.is_blocked")),
    ),
  );
}

/** @param {{id: string}} props */
function ClientPane({ id }) {
  const { showsTimeline } = route.value;
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
          href: linkTo(showsTimeline ? { showsTimeline: false } : { client: null }),
          "aria-label": t("common.back"),
        },
        h(Icon, { name: "back" }),
      ),
      h("h1", null, t(showsTimeline ? "timeline.title" : "client.title")),
    ),
    showsTimeline ? h(Timeline, { id }) : h(ClientDetails, { id, session: null }),
  );
}

function NoClient() {
  return h(
    "section",
    { class: "pane client-page is-empty", "aria-label": t("clients.choose") },
    h("div", { class: "empty" }, h("p", { class: "quiet" }, t("clients.choose"))),
  );
}
