/** The messages of the conversations that were opened lately. */

import { signal } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { settle } from "../composer/outbox.js";
import { createJournal } from "../live/journal.js";
import { get, post, query } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { compareMessages } from "./timeline.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { LiveEvent, Message, Page, Session, SessionDetail } from "../../types.d.ts" */

const PAGE = 50;
const MOST_OPEN = 8;
const TYPING_MS = 6000;

/**
 * @typedef {object} Thread
 * @property {string} id of the conversation
 * @property {import("../vendor/preact.js").Signal<"loading" | "ready" | "failed">} state
 * @property {import("../vendor/preact.js").Signal<Problem | null>} problem
 * @property {import("../vendor/preact.js").Signal<Message[]>} messages the oldest first
 * @property {import("../vendor/preact.js").Signal<string | null>} older the cursor of older messages
 * @property {import("../vendor/preact.js").Signal<SessionDetail | null>} session the newest one
 * @property {import("../vendor/preact.js").Signal<Map<string, Session>>} sessions
 * @property {import("../vendor/preact.js").Signal<{name: string | null, until: number} | null>} typing
 * @property {import("../vendor/preact.js").Signal<string | null>} firstUnread when it was opened
 * @property {Set<string>} tombstones deleted messages, which no later answer brings back
 */

/** @type {Map<string, Thread>} the least recently opened first */
const threads = new Map();
const journal = createJournal(apply);

/**
 * Return the thread of a conversation. What the list knows of its session is shown at once.
 * @param {string} id @param {SessionDetail | null} [known] @returns {Thread}
 */
export function openThread(id, known = null) {
  const thread = threads.get(id) ?? createThread(id, known);
  threads.delete(id);
  threads.set(id, thread);
  if (threads.size > MOST_OPEN) threads.delete([...threads.keys()][0] ?? "");
  return thread;
}

/** The thread of a conversation that was opened lately. @param {string | null} id */
export const findThread = (id) => threads.get(id ?? "");

/** @param {string} id @param {SessionDetail | null} known @returns {Thread} */
function createThread(id, known) {
  /** @type {Thread} */
  const thread = {
    id,
    state: signal("loading"),
    problem: signal(null),
    messages: signal([]),
    older: signal(null),
    session: signal(known),
    sessions: signal(new Map()),
    typing: signal(null),
    firstUnread: signal(null),
    tombstones: new Set(),
  };
  void loadThread(thread);
  return thread;
}

/** @param {Thread} thread */
export async function loadThread(thread) {
  thread.state.value = "loading";
  try {
    await journal.during(
      get(`/conversations/${thread.id}/messages${query({ limit: PAGE })}`),
      (/** @type {Page<Message>} */ page) => {
        thread.messages.value = [];
        thread.older.value = page.next;
        put(thread, page.items);
        thread.firstUnread.value = findFirstUnread(thread.messages.value);
      },
    );
    await loadSession(thread);
    thread.state.value = "ready";
    thread.problem.value = null;
    void loadSessions(thread);
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status === 404) {
      // Another agent has it now: nothing of it may stay on the screen.
      thread.messages.value = [];
      thread.session.value = null;
    }
    thread.problem.value = problem;
    thread.state.value = "failed";
  }
}

/** @param {Message[]} messages */
function findFirstUnread(messages) {
  return messages.find((each) => each.direction === "inbound" && !each.is_read)?.id ?? null;
}

/** @param {Thread} thread */
async function loadSession(thread) {
  const newest = thread.messages.value.findLast((each) => each.session_id !== null)?.session_id;
  if (newest) await reloadSession(thread, newest);
}

/** @param {Thread} thread @param {string} sessionId */
export async function reloadSession(thread, sessionId) {
  await journal.during(
    get(`/sessions/${sessionId}`),
    (/** @type {SessionDetail} */ session) => (thread.session.value = session),
  );
}

/** The numbers and agents of earlier sessions, for their dividers. @param {Thread} thread */
async function loadSessions(thread) {
  const client = thread.session.peek()?.client.id;
  if (!client) return;
  try {
    /** @type {Page<Session>} */
    const page = await get(`/clients/${client}/sessions?limit=100`);
    thread.sessions.value = new Map(page.items.map((each) => [each.id, each]));
  } catch {
    // The dividers do without.
  }
}

/** @param {Thread} thread */
export async function loadOlder(thread) {
  const cursor = thread.older.peek();
  if (cursor === null) return;
  thread.older.value = null;
  try {
    await journal.during(
      get(`/conversations/${thread.id}/messages${query({ limit: PAGE, cursor })}`),
      (/** @type {Page<Message>} */ page) => {
        put(thread, page.items);
        thread.older.value = page.next;
      },
    );
  } catch (error) {
    thread.older.value = cursor;
    throw error;
  }
}

/** @param {Thread} thread @param {Message[]} given */
function put(thread, given) {
  const byId = new Map(thread.messages.peek().map((each) => [each.id, each]));
  for (const each of given) if (!thread.tombstones.has(each.id)) byId.set(each.id, each);
  thread.messages.value = [...byId.values()].toSorted(compareMessages);
}

/**
 * Show the message of an answer, and on top of it what happened meanwhile.
 * @param {Promise<Message | null>} answer
 */
export const takeAnswer = (answer) =>
  journal.during(answer, (message) => {
    const thread = message === null ? undefined : threads.get(message.conversation_id);
    if (thread && message) put(thread, [message]);
  });

/** Show a session as an answer has it, and what happened meanwhile. @param {Promise<SessionDetail>} answer */
export const takeThreadSession = (answer) =>
  journal.during(answer, (session) => {
    openThread(session.conversation_id, session).session.value = session;
  });

/** @param {LiveEvent} event */
export const recordThreadEvent = (event) => journal.record(event);

/** @param {LiveEvent} event */
function apply(event) {
  if (event.message?.client_key) settle(event.message.client_key);
  const id = event.session?.conversation_id ?? event.message?.conversation_id;
  if (event.type === "message.deleted" && !event.message && event.message_id) {
    for (const thread of threads.values()) bury(thread, event.message_id);
  }
  if (event.type === "client.changed") {
    for (const thread of threads.values()) {
      const session = thread.session.peek();
      if (session?.client.id === event.client_id && session) {
        void reloadSession(thread, session.id).catch(() => {});
      }
    }
  }
  if (event.type === "session.gone") {
    for (const thread of threads.values()) {
      if (thread.session.peek()?.id === event.session_id) void loadThread(thread);
    }
  }
  const thread = id === undefined ? undefined : threads.get(id);
  if (thread) applyTo(thread, event);
}

/** @param {Thread} thread @param {LiveEvent} event */
function applyTo(thread, event) {
  const { message, session } = event;
  if (message) {
    put(thread, [message]);
    if (message.direction === "inbound") thread.typing.value = null;
  }
  if (event.type === "typing" && event.agent?.id !== me.peek()?.agent_id) {
    thread.typing.value = { name: event.agent?.name ?? null, until: Date.now() + TYPING_MS };
    setTimeout(() => endTyping(thread), TYPING_MS);
  }
  if (event.type === "message.read") markRead(thread, session?.unread_count ?? 0);
  if (session) takeSession(thread, session, event.type);
}

/** @param {Thread} thread */
function endTyping(thread) {
  if ((thread.typing.peek()?.until ?? 0) <= Date.now()) thread.typing.value = null;
}

/** The newest `unread` messages of the customer stay unread. @param {Thread} thread @param {number} unread */
function markRead(thread, unread) {
  const inbound = thread.messages.peek().filter((each) => each.direction === "inbound");
  const read = new Set(inbound.slice(0, inbound.length - unread).map((each) => each.id));
  thread.messages.value = thread.messages
    .peek()
    .map((each) => (read.has(each.id) && !each.is_read ? { ...each, is_read: true } : each));
}

/** @param {Thread} thread @param {Session} session @param {string} kind */
function takeSession(thread, session, kind) {
  const before = thread.session.peek();
  if (before !== null && session.number < before.number) return;
  const handovers = before?.id === session.id ? before.handovers : [];
  thread.session.value = { ...session, handovers };
  thread.sessions.value = new Map(thread.sessions.peek()).set(session.id, session);
  if (kind === "session.transferred") void reloadSession(thread, session.id).catch(() => {});
}

/** @param {Thread} thread @param {string} messageId */
function bury(thread, messageId) {
  thread.tombstones.add(messageId);
  thread.messages.value = thread.messages.peek().filter((each) => each.id !== messageId);
}

/** Read all open threads again, the shown one first. */
export function reloadThreads() {
  for (const thread of [...threads.values()].toReversed()) void loadThread(thread);
}

/** The connection is back: load what could not be loaded. */
export function retryThreads() {
  for (const thread of threads.values()) {
    const problem = thread.problem.peek();
    if (thread.state.peek() === "failed" && problem?.isTemporary) void loadThread(thread);
  }
}

export function forgetThreads() {
  threads.clear();
}

/** Tell the server what staff has read. @param {string} id @param {string | undefined} last */
export const sendRead = (id, last) => post(`/conversations/${id}/read${query({ up_to: last })}`);

/** Load the messages around one that is further up, and those between. @param {Thread} thread @param {string} id */
export async function loadUntil(thread, id) {
  while (thread.older.peek() !== null && !thread.messages.peek().some((each) => each.id === id)) {
    await loadOlder(thread);
  }
}
