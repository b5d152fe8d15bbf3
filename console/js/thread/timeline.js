/** What a thread shows, in its order: days, sessions, handovers, messages, and what is on its way. */

/** @import { Handover, Message, Session, SessionDetail } from "../../types.d.ts" */
/** @import { Pending } from "../composer/outbox.js" */
import { isSameDay } from "../text/time.js";

/**
 * @typedef {{kind: "day", id: string, at: string}
 *   | {kind: "session", id: string, session: Session | undefined, at: string}
 *   | {kind: "handover", id: string, handover: Handover}
 *   | {kind: "unread", id: string}
 *   | {kind: "message", id: string, message: Message, isFirst: boolean}
 *   | {kind: "pending", id: string, pending: Pending}} Item
 */

const GROUP_MS = 5 * 60_000;

/** @param {Message} one @param {Message} other */
export const compareMessages = (one, other) =>
  one.created_at < other.created_at
    ? -1
    : one.created_at > other.created_at
      ? 1
      : one.id < other.id
        ? -1
        : Number(one.id > other.id);

/**
 * @param {Message[]} messages the oldest first
 * @param {object} more
 * @param {Map<string, Session>} more.sessions
 * @param {SessionDetail | null} more.current
 * @param {Pending[]} more.pending
 * @param {string | null} more.firstUnread
 * @returns {Item[]}
 */
export function buildTimeline(messages, { sessions, current, pending, firstUnread }) {
  /** @type {Item[]} */
  const items = [];
  const handovers = [...(current?.handovers ?? [])].toReversed();
  /** @type {Message | null} */
  let before = null;
  for (const message of messages) {
    const isNewDay = before === null || !isSameDay(before.created_at, message.created_at);
    if (isNewDay) items.push({ kind: "day", id: `day-${message.id}`, at: message.created_at });
    const session = message.session_id;
    const isNewSession = session !== null && session !== before?.session_id;
    if (isNewSession) {
      items.push({
        kind: "session",
        id: `session-${session}-${message.id}`,
        session: sessions.get(session),
        at: message.created_at,
      });
    }
    items.push(...takeUntil(handovers, message));
    const isUnread = message.id === firstUnread;
    if (isUnread) items.push({ kind: "unread", id: "unread" });
    const isFirst = isNewDay || isNewSession || isUnread || !isSameGroup(before, message);
    items.push({ kind: "message", id: message.id, message, isFirst });
    before = message;
  }
  if (messages.length > 0) items.push(...takeUntil(handovers, null));
  for (const each of pending) items.push({ kind: "pending", id: each.key, pending: each });
  return items;
}

/**
 * Take the handovers before a message; those of before the first message are not shown.
 * @param {Handover[]} handovers @param {Message | null} message @returns {Item[]}
 */
function takeUntil(handovers, message) {
  /** @type {Item[]} */
  const taken = [];
  while (handovers[0] && (message === null || handovers[0].created_at < message.created_at)) {
    const handover = handovers.shift();
    if (handover) taken.push({ kind: "handover", id: `handover-${handover.created_at}`, handover });
  }
  return taken;
}

/** @param {Message | null} before @param {Message} message */
function isSameGroup(before, message) {
  return (
    before !== null &&
    before.direction === message.direction &&
    before.sender_type === message.sender_type &&
    before.author_name === message.author_name &&
    new Date(message.created_at).getTime() - new Date(before.created_at).getTime() < GROUP_MS
  );
}
