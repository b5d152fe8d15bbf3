/** A row of the inbox: what is in which list, and in which order. The same rules count and show. */

/** @import { Conversation, Session, SessionDetail } from "../../types.d.ts" */

/** @typedef {Conversation} Row */
/** @typedef {"mine" | "waiting" | "unread" | "all"} View */

/** Ids of what the rows of a list have; null: any. @typedef {{channel: string | null, agent: string | null, tag: string | null}} Filter */

/** @type {View[]} */
export const VIEWS = ["mine", "waiting", "unread", "all"];

const RANKS = { urgent: 0, high: 1, normal: 2, low: 3 };

/** @param {View} view @param {Row} row @param {string} agentId */
export function belongs(view, row, agentId) {
  switch (view) {
    case "mine":
      return row.session?.agent?.id === agentId;
    case "waiting":
      return row.session?.waiting === true;
    case "unread":
      return row.session !== null && row.unread_count > 0;
    default:
      return true;
  }
}

/** @type {Filter} */
export const NO_FILTER = { channel: null, agent: null, tag: null };

/** @param {Filter} filter */
export const isFiltered = ({ channel, agent, tag }) => Boolean(channel || agent || tag);

/** @param {Filter} filter @param {Row} row */
export const matches = ({ channel, agent, tag }, row) =>
  (channel === null || row.channel.id === channel) &&
  (agent === null || row.session?.agent?.id === agent) &&
  (tag === null || row.tags.some((each) => each.id === tag));

/** @param {View} view @returns {(one: Row, other: Row) => number} */
export function compareRows(view) {
  return view === "waiting" ? compareWaiting : compareActivity;
}

/** @param {Row} one @param {Row} other the last message first */
function compareActivity(one, other) {
  return compareText(other.last_message_at, one.last_message_at) || compareText(other.id, one.id);
}

/** @param {Row} one @param {Row} other in the order in which agents get them */
function compareWaiting(one, other) {
  const rank =
    RANKS[one.session?.priority ?? "normal"] - RANKS[other.session?.priority ?? "normal"];
  const [first, second] = [one.session, other.session];
  return (
    rank ||
    compareText(first?.created_at ?? "", second?.created_at ?? "") ||
    compareText(first?.id ?? "", second?.id ?? "")
  );
}

/** @param {string} one @param {string} other */
const compareText = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** Since when the customer waits for somebody; null: they do not. @param {Row} row */
export function waitingSince(row) {
  return row.session?.waiting_since ?? row.session?.unanswered_since ?? null;
}

/** @param {Session} session @returns {Row} */
export function sessionToRow(session) {
  return {
    id: session.conversation_id,
    client: session.client,
    channel: session.channel,
    unreachable: null,
    session: session.status === "ACTIVE" ? { ...session } : null,
    session_count: session.number,
    tags: session.tags,
    unread_count: session.unread_count,
    reply_until: session.reply_until,
    last_message: session.last_message,
    last_message_at: session.last_message?.created_at ?? session.created_at,
  };
}

/** What a row knows of its open session, until the server says more. @param {Row} row @returns {SessionDetail | null} */
export function rowToSession({
  id,
  session,
  client,
  channel,
  unread_count,
  reply_until,
  last_message,
}) {
  if (session === null) return null;
  const known = { client, channel, unread_count, reply_until, last_message };
  return {
    ...session,
    ...known,
    conversation_id: id,
    status: "ACTIVE",
    ended_at: null,
    handovers: [],
  };
}

/**
 * Return the row after an event about one of its sessions. An older session does not replace a newer.
 * @param {Row | undefined} row @param {Session} session @returns {Row}
 */
export function mergeSession(row, session) {
  const next = sessionToRow(session);
  if (row === undefined) return next;
  const newest = row.session?.number ?? row.session_count;
  if (session.number < newest) return { ...row, client: session.client };
  const isNewer = next.last_message_at >= row.last_message_at;
  return {
    ...next,
    unreachable: row.unreachable,
    last_message: isNewer ? next.last_message : row.last_message,
    last_message_at: isNewer ? next.last_message_at : row.last_message_at,
  };
}
