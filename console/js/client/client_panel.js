/** The customer: details that can be corrected, channels, earlier sessions, tags. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t, language } from "../i18n/words.js";
import { get, patch, post } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { attempt, notify } from "../shell/notices.js";
import { Failure } from "../shell/problems.js";
import { goTo, linkTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { channelName, preview } from "../text/labels.js";
import { fullTime } from "../text/time.js";
import { openThread, reloadSession } from "../thread/store.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Client, Page, Session, SessionDetail } from "../../types.d.ts" */

/** @param {{conversation: string}} props */
export function ClientPanel({ conversation }) {
  const session = openThread(conversation).session.value;
  return h(
    "aside",
    { class: "pane client-pane", "aria-label": t("client.title") },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        {
          class: "icon-button client-back",
          href: linkTo({ conversation, showsClient: false }),
          "aria-label": t("common.back"),
        },
        h(Icon, { name: "back" }),
      ),
      h("h1", null, t("client.title")),
    ),
    session
      ? h(Details, { key: session.client.id, session })
      : h(Skeleton, { lines: 5, kind: "line" }),
  );
}

/** @param {{session: SessionDetail}} props */
function Details({ session }) {
  const [client, setClient] = useState(/** @type {Client | null} */ (null));
  const [sessions, setSessions] = useState(/** @type {Session[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const { id } = session.client;

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
  useEffect(() => void load(), [id, session.id, session.status]);

  if (problem) return h(Failure, { problem, onRetry: () => void load() });
  if (!client) return h(Skeleton, { lines: 6, kind: "line" });

  /** @param {Record<string, string | null>} changes */
  const change = (changes) =>
    attempt(async () => {
      setClient(await patch(`/clients/${id}`, changes));
      await reloadSession(openThread(session.conversation_id), session.id);
    });
  const setBlocked = () =>
    attempt(async () => {
      setClient(await post(`/clients/${id}/${client.is_blocked ? "unblock" : "block"}`));
      await reloadSession(openThread(session.conversation_id), session.id);
      notify(t(client.is_blocked ? "client.unblocked" : "client.blocked"));
    });

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
    session.tags.length > 0 &&
      h(
        "ul",
        { class: "chips tag-list", "aria-label": t("tags.title") },
        session.tags.map((each) =>
          h("li", { key: each.id, class: "mark", dir: "auto" }, each.name),
        ),
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
    h("h2", null, t("client.channels")),
    h(
      "ul",
      { class: "plain-list" },
      client.contacts.map((each) =>
        h(
          "li",
          { key: each.conversation_id },
          h(
            "bdi",
            null,
            each.channel_id === session.channel.id
              ? `${channelName(session.channel.kind)} · ${session.channel.name}`
              : t("client.other_channel"),
          ),
          h("bdi", { class: "quiet small" }, each.external_id),
          each.unreachable && h("span", { class: "small is-bad" }, each.unreachable),
          each.conversation_id !== session.conversation_id &&
            h(
              "button",
              {
                type: "button",
                class: "link",
                onClick: () => goTo({ conversation: each.conversation_id, showsClient: false }),
              },
              t("client.open"),
            ),
        ),
      ),
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
            each.agent ? ` · ${each.agent.name}` : "",
          ),
          h("span", { class: "one-line small", dir: "auto" }, preview(each.last_message)),
          each.tags.length > 0 &&
            h("span", { class: "small quiet" }, each.tags.map((tag) => tag.name).join(", ")),
        ),
      ),
    ),
    h(
      "button",
      { type: "button", class: "button is-wide", onClick: () => void setBlocked() },
      t(client.is_blocked ? "client.unblock" : "client.block"),
    ),
    h("p", { class: "quiet small" }, t("client.block_help")),
  );
}

/**
 * @param {object} props
 * @param {string} props.label @param {string} props.value @param {string} [props.type]
 * @param {boolean} [props.isRequired] @param {(value: string) => Promise<boolean>} props.onSave
 */
function Editable({ label, value, type = "text", isRequired = false, onSave }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const isChanged = text.trim() !== value;
  return h(
    "form",
    {
      class: "editable",
      onSubmit: (event) => {
        event.preventDefault();
        if (isChanged) void onSave(text.trim());
      },
    },
    h(
      "label",
      { class: "field" },
      h("span", null, label),
      h("input", {
        type,
        value: text,
        required: isRequired,
        autocomplete: "off",
        dir: "auto",
        placeholder: t("client.empty"),
        onInput: (event) => setText(event.currentTarget.value),
      }),
    ),
    isChanged && h("button", { class: "button is-primary" }, t("common.save")),
  );
}
