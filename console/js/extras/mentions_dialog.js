/** The notes that name this agent, the newest first. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { language } from "../i18n/words.js";
import { useEvents } from "../live/listeners.js";
import { readMentions } from "../inbox/mentions.js";
import { get } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Dialog } from "../shell/dialog.js";
import { Failure } from "../shell/problems.js";
import { goTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { fullTime } from "../text/time.js";
import { t } from "./words.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Mention, Page } from "../../types.d.ts" */

const MOST = 50;

/** @param {{onClose: () => void}} props */
export function MentionsDialog({ onClose }) {
  const [found, setFound] = useState(/** @type {Mention[] | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  async function load() {
    try {
      /** @type {Page<Mention>} */
      const page = await get(`/mentions?limit=${MOST}`);
      setFound(page.items);
      setProblem(null);
    } catch (error) {
      setProblem(toProblem(error));
    }
  }
  useEffect(() => void load(), []);
  useEvents(["mentions.changed"], ({ type, agent }) => {
    if (type === "resync" || agent?.id === me.peek()?.agent_id) void load();
  });
  return h(
    Dialog,
    { title: t("mentions.title"), onClose },
    problem
      ? h(Failure, { problem, onRetry: () => void load() })
      : found === null
        ? h(Skeleton, { lines: 4, kind: "row" })
        : found.length === 0
          ? h("p", { class: "quiet" }, t("mentions.none"))
          : h(
              "ul",
              { class: "mentions" },
              found.map((each) => h(Entry, { key: each.message_id, mention: each, onClose })),
            ),
  );
}

/** @param {{mention: Mention, onClose: () => void}} props */
function Entry({ mention, onClose }) {
  const { message, session, agent, conversation_id: conversation } = mention;
  const isUnread = !mention.is_read;
  function open() {
    onClose();
    goTo({ page: "inbox", view: "all", conversation, message: message.id, showsClient: false });
  }
  return h(
    "li",
    { class: isUnread ? "mention is-unread" : "mention" },
    h(
      "p",
      { class: "small quiet" },
      isUnread && h("span", { class: "mark is-priority" }, t("mentions.new")),
      isUnread && " ",
      h("bdi", null, message.author_name ?? ""),
      session && [" · ", h("bdi", { key: "client" }, session.client.name)],
      ` · ${fullTime(mention.created_at, language.value)}`,
    ),
    h("p", { class: "mention-words", dir: "auto" }, message.message ?? ""),
    session === null &&
      h("p", { class: "small quiet" }, t("mentions.hidden", { name: agent?.name ?? "–" })),
    h(
      "div",
      { class: "mention-end" },
      session !== null &&
        h("button", { type: "button", class: "button", onClick: open }, t("client.open")),
      session === null &&
        isUnread &&
        h(
          "button",
          { type: "button", class: "button", onClick: () => readMentions(conversation) },
          t("mentions.read"),
        ),
    ),
  );
}
