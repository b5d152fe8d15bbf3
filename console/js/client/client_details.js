/** What is known of a customer, and can be corrected; their channels and sessions. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { t, language } from "../i18n/words.js";
import { nameOf, namesOf } from "../live/names.js";
import { ClientNotes } from "../extras/client_notes.js";
import { channelLabel } from "../server/abilities.js";
import { download } from "../server/downloads.js";
import { get, patch, post } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Avatar } from "../shell/avatar.js";
import { attempt, notify } from "../shell/notices.js";
import { Failure } from "../shell/problems.js";
import { goTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { preview } from "../text/labels.js";
import { fullTime } from "../text/time.js";
import { clientChanges } from "./changes.js";
import { Editable } from "./editable.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Client, Page, Session, SessionDetail } from "../../types.d.ts" */

/**
 * @param {object} props
 * @param {string} props.id @param {SessionDetail | null} props.session that is shown beside
 */
export function ClientDetails({ id, session }) {
  const [client, setClient] = useState(/** @type {Client | null} */ (null));
  const [sessions, setSessions] = useState(/** @type {Session[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));

  async function load() {
    try {
      setProblem(null);
      setClient(await get(`/clients/${id}`));
      /** @type {Page<Session>} */
      const page = await get(`/clients/${id}/sessions?limit=20`);
      setSessions(page.items);
    } catch (error) {
      setProblem(toProblem(error));
    }
  }
  useEffect(() => void load(), [id, session?.id, session?.status, clientChanges.value.get(id)]);

  if (problem) return h(Failure, { problem, onRetry: () => void load() });
  if (!client) return h(Skeleton, { lines: 6, kind: "line" });

  /** @param {object} changes */
  const change = (changes) =>
    attempt(async () => {
      setClient(await patch(`/clients/${id}`, changes));
    });
  const setBlocked = () =>
    attempt(async () => {
      setClient(await post(`/clients/${id}/${client.is_blocked ? "unblock" : "block"}`));
      notify(t(client.is_blocked ? "client.unblocked" : "client.blocked"));
    });

  const tags = namesOf(session?.tags ?? []);
  return h(
    "div",
    { class: "client-scroll", tabIndex: 0 },
    h(
      "div",
      { class: "client-top" },
      h(Avatar, { id, name: client.name, size: "large" }),
      h("bdi", { class: "client-name" }, client.name),
      client.username && h("bdi", { class: "quiet" }, `@${client.username}`),
      client.is_blocked && h("span", { class: "mark is-priority" }, t("client.is_blocked")),
    ),
    tags.length > 0 &&
      h(
        "ul",
        { class: "chips tag-list", "aria-label": t("tags.title") },
        tags.map((each) => h("li", { key: each.id, class: "mark", dir: "auto" }, each.name)),
      ),
    h(Editable, {
      label: t("client.name"),
      value: client.name,
      isRequired: true,
      onSave: (name) => change({ name }),
    }),
    h(Editable, {
      label: t("client.phone"),
      value: client.phone ?? "",
      type: "tel",
      onSave: (phone) => change({ phone: phone || null }),
    }),
    h(Editable, {
      label: t("client.email"),
      value: client.email ?? "",
      type: "email",
      onSave: (email) => change({ email: email || null }),
    }),
    h(ClientNotes, { client, onChange: change }),
    h("h2", null, t("client.channels")),
    h(
      "ul",
      { class: "plain-list" },
      client.contacts.map((each) =>
        h(
          "li",
          { key: each.conversation_id },
          h("bdi", null, channelLabel(each.channel_id) ?? t("client.other_channel")),
          h("bdi", { class: "quiet small" }, each.external_id),
          each.unreachable && h("span", { class: "small is-bad" }, each.unreachable),
          each.conversation_id !== session?.conversation_id &&
            h(
              "button",
              {
                type: "button",
                class: "link",
                onClick: () =>
                  goTo({
                    page: "inbox",
                    view: "all",
                    conversation: each.conversation_id,
                    showsClient: false,
                  }),
              },
              t("client.open"),
            ),
        ),
      ),
    ),
    client.contacts.length > 1 &&
      h(
        "button",
        {
          type: "button",
          class: "button is-wide",
          onClick: () => goTo({ page: "clients", client: id, showsTimeline: true, words: "" }),
        },
        t("timeline.title"),
      ),
    h("h2", null, t("client.sessions")),
    h(
      "ol",
      { class: "plain-list" },
      sessions.map((each) =>
        h(
          "li",
          { key: each.id },
          h(
            "span",
            null,
            t("client.session", { number: each.number }),
            " · ",
            each.status === "ACTIVE" ? t("client.session_open") : t("client.session_ended"),
          ),
          h(
            "span",
            { class: "quiet small" },
            fullTime(each.created_at, language.value),
            each.agent ? ` · ${nameOf(each.agent)}` : "",
          ),
          h("span", { class: "one-line small", dir: "auto" }, preview(each.last_message)),
          each.tags.length > 0 &&
            h(
              "span",
              { class: "small quiet" },
              namesOf(each.tags)
                .map((tag) => tag.name)
                .join(", "),
            ),
        ),
      ),
    ),
    h(
      "button",
      { type: "button", class: "button is-wide", onClick: () => void setBlocked() },
      t(client.is_blocked ? "client.unblock" : "client.block"),
    ),
    h("p", { class: "quiet small" }, t("client.block_help")),
    me.value?.role === "ADMIN" &&
      h(
        "button",
        {
          type: "button",
          class: "button is-wide",
          onClick: () => void attempt(() => download(`/clients/${id}/export`, `client-${id}.json`)),
        },
        t("client.export"),
      ),
  );
}
