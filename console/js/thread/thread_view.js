/** The thread of a conversation: its head, its messages of all sessions, and the composer. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { mentionCount, readMentions } from "../inbox/mentions.js";
import { me } from "../account/log_in.js";
import { Composer } from "../composer/composer.js";
import { pending } from "../composer/outbox.js";
import { PendingBubble } from "../composer/pending_bubble.js";
import { language, t } from "../i18n/words.js";
import { now } from "../browser/clock.js";
import { rowToSession } from "../inbox/rows.js";
import { findRow } from "../inbox/store.js";
import { Icon } from "../shell/icons.js";
import { attempt } from "../shell/notices.js";
import { Failure } from "../shell/problems.js";
import { route } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { clockTime, dayName } from "../text/time.js";
import { Bubble } from "./bubble.js";
import { ThreadHead } from "./head.js";
import { useReading } from "./reading.js";
import { ScrollArea, useAnchor } from "./scrolling.js";
import { loadOlder, loadThread, loadUntil, openThread } from "./store.js";
import { buildTimeline } from "./timeline.js";

/** @import { Message } from "../../types.d.ts" */
/** @import { Item } from "./timeline.js" */
/** @import { BubbleActions } from "./bubble.js" */

/** @param {{id: string}} props */
export function ThreadView({ id }) {
  const row = findRow(id);
  const thread = openThread(id, row ? rowToSession(row) : null);
  const [replyTo, setReplyTo] = useState(/** @type {Message | null} */ (null));
  const [edited, setEdited] = useState(/** @type {Message | null} */ (null));
  const messages = thread.messages.value;
  const ownPending = pending.value.filter((each) => each.conversation === id);
  const state = thread.state.value;
  const isReady = state === "ready" || messages.length > 0;

  const anchor = useAnchor({
    id,
    isReady,
    content: [messages, ownPending.length],
    onTop: () => void attempt(() => loadOlder(thread)),
  });
  const session = thread.session.value;
  const newest = messages.findLast((each) => each.direction === "inbound")?.id;
  // Whoever only looks at a session of others, or at one that waits, leaves it unread.
  const isMine = session?.agent?.id === me.value?.agent_id;
  useReading({
    id,
    isAtFoot: anchor.isAtFoot,
    hasUnread: isMine && (row?.unread_count ?? session?.unread_count ?? 0) > 0,
    newest,
  });
  useEffect(() => {
    setReplyTo(null);
    setEdited(null);
  }, [id]);

  /** @param {string} to */
  const jump = (to) =>
    attempt(async () => {
      if (anchor.toMessage(to)) return;
      await loadUntil(thread, to);
      requestAnimationFrame(() => anchor.toMessage(to));
    });
  useEffect(() => {
    if (isReady) readMentions(id);
  }, [id, isReady, mentionCount.value]);
  const { message: wanted } = route.value;
  useEffect(() => {
    if (wanted && state === "ready") void jump(wanted);
  }, [wanted, state === "ready"]);

  /** @type {BubbleActions} */
  const actions = {
    onReply: setReplyTo,
    onEdit: setEdited,
    onJump: (to) => void jump(to),
  };
  const items = buildTimeline(messages, {
    sessions: thread.sessions.value,
    current: session,
    pending: ownPending,
    firstUnread: thread.firstUnread.value,
  });
  const byId = new Map(messages.map((each) => [each.id, each]));

  return h(
    "section",
    {
      class: "pane thread-pane",
      "aria-label": t("thread.label", { name: row?.client.name ?? session?.client.name ?? "" }),
    },
    h(ThreadHead, { id, thread }),
    thread.problem.value && messages.length === 0
      ? h(Failure, { problem: thread.problem.value, onRetry: () => void loadThread(thread) })
      : !isReady
        ? h("div", { class: "thread-scroll" }, h(Skeleton, { lines: 6, kind: "bubble" }))
        : h(
            ScrollArea,
            { anchor, label: t("thread.messages") },
            thread.older.value !== null && h("div", { class: "older" }, t("common.loading")),
            items.map((item) =>
              h(ItemView, {
                key: item.id,
                item,
                channel: session?.channel.id ?? "",
                byId,
                actions,
              }),
            ),
            thread.typing.value &&
              h("p", { class: "typing" }, typingWords(thread.typing.value.name)),
          ),
    !anchor.isAtFoot &&
      isReady &&
      h(
        "button",
        {
          type: "button",
          class: "to-foot",
          "aria-label": t("thread.to_foot"),
          onClick: anchor.toFoot,
        },
        h(Icon, { name: "down" }),
      ),
    session &&
      h(Composer, {
        key: id,
        id,
        session,
        row,
        newest,
        replyTo,
        edited,
        onDone: () => {
          setReplyTo(null);
          setEdited(null);
          anchor.toFoot();
        },
      }),
  );
}

/** @param {string | null} name */
function typingWords(name) {
  return name === null ? t("thread.typing") : t("thread.agent_typing", { name });
}

/** @param {{item: Item, channel: string, byId: Map<string, Message>, actions: BubbleActions}} props */
function ItemView({ item, channel, byId, actions }) {
  switch (item.kind) {
    case "day":
      return h(
        "p",
        { class: "day-line" },
        h("span", null, dayName(item.at, language.value, now.value)),
      );
    case "session":
      return h(
        "p",
        { class: "session-line" },
        item.session
          ? t("thread.session", {
              number: item.session.number,
              time: clockTime(item.at, language.value),
            })
          : t("thread.session_plain", { time: clockTime(item.at, language.value) }),
      );
    case "handover":
      return h("p", { class: "event-line" }, h("bdi", null, handoverWords(item.handover)));
    case "unread":
      return h("p", { class: "unread-line" }, t("thread.unread"));
    case "pending":
      return h(PendingBubble, { each: item.pending });
    default:
      return h(Bubble, {
        message: item.message,
        isFirst: item.isFirst,
        channel,
        answered: byId.get(item.message.reply_to_id ?? ""),
        actions,
      });
  }
}

/** @param {import("../../types.d.ts").Handover} handover */
function handoverWords({ from_name: from, to_name: to, reason }) {
  const words =
    to === null
      ? t("handover.to_queue", { from: from ?? "" })
      : from === null
        ? t("handover.taken", { to })
        : t("handover.moved", { from, to });
  return reason ? `${words}: ${reason}` : words;
}
