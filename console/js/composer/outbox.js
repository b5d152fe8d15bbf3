/**
 * What was written here and is not confirmed yet. It is stored with its Idempotency-Key before the
 * first try, so that a repeated try, also after a reload, sends it once.
 */

import { signal } from "../vendor/preact.js";
import { listNames, load, save } from "../browser/storage.js";
import { post } from "../server/http.js";
import { toProblem } from "../server/problem.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Message } from "../../types.d.ts" */

/**
 * @typedef {object} Pending
 * @property {string} key
 * @property {string} conversation
 * @property {string} session
 * @property {"reply" | "note"} mode
 * @property {string} text
 * @property {string | null} replyTo
 * @property {string} at
 * @property {File | null} file kept until a reload
 * @property {"sending" | "waiting" | "failed"} state waiting: for the network
 * @property {Problem | null} problem
 */

/** The server remembers a key for 24 hours; what is older must be decided by a person. */
const KEY_LIFE_MS = 23 * 3_600_000;
const RETRY_MS = [1000, 2000, 5000, 10_000];

/** @type {import("../vendor/preact.js").Signal<Pending[]>} */
export const pending = signal([]);
/** @type {(answer: Promise<Message>) => Promise<void>} */
let takeAnswer = async () => {};
let user = "";
/** One after the other in each conversation. @type {Map<string, Promise<void>>} */
const chains = new Map();

/**
 * Go on with what an earlier page of this user left.
 * @param {string} userId @param {(answer: Promise<Message>) => Promise<void>} listener
 */
export function startOutbox(userId, listener) {
  takeAnswer = listener;
  if (user === userId) return;
  user = userId;
  chains.clear();
  pending.value = listNames(`outbox.${user}.`)
    .map((name) => /** @type {Pending} */ (load(name)))
    .filter((each) => each !== null)
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map((each) => ({ ...each, file: null, problem: null, state: "sending" }));
  for (const each of pending.value) {
    if (Date.now() - new Date(each.at).getTime() > KEY_LIFE_MS)
      update(each.key, { state: "failed" });
    else enqueue(each.key);
  }
}

/** @param {Pick<Pending, "conversation" | "session" | "mode" | "text" | "replyTo" | "file">} given */
export function submit(given) {
  /** @type {Pending} */
  const made = {
    ...given,
    key: crypto.randomUUID(),
    at: new Date().toISOString(),
    state: "sending",
    problem: null,
  };
  store(made);
  pending.value = [...pending.value, made];
  enqueue(made.key);
}

/** Try again what was refused. @param {string} key */
export function retry(key) {
  update(key, { state: "sending", problem: null });
  enqueue(key);
}

/** Forget it; the caller shows its text elsewhere. @param {string} key */
export function drop(key) {
  save(nameOf(key), null);
  pending.value = pending.value.filter((each) => each.key !== key);
}

/** The desk has it, as its event says: the answer to the POST is no longer needed. @param {string} key */
export function settle(key) {
  if (find(key)) drop(key);
}

/** @param {string} key */
const nameOf = (key) => `outbox.${user}.${key}`;

/** @param {Pending} each a file cannot be stored */
function store(each) {
  if (each.file !== null) return;
  const { file: _file, problem: _problem, state: _state, ...kept } = each;
  save(nameOf(each.key), kept);
}

/** @param {string} key @param {Partial<Pending>} changes */
function update(key, changes) {
  pending.value = pending.value.map((each) => (each.key === key ? { ...each, ...changes } : each));
}

/** @param {string} key */
const find = (key) => pending.peek().find((each) => each.key === key);

/** @param {string} key */
function enqueue(key) {
  const each = find(key);
  if (!each) return;
  const before = chains.get(each.conversation) ?? Promise.resolve();
  chains.set(
    each.conversation,
    before.then(() => deliver(key)),
  );
}

/** @param {string} key */
async function deliver(key) {
  for (let attempt = 0; ; attempt++) {
    const each = find(key);
    if (!each || each.state === "failed") return;
    try {
      await takeAnswer(send(each).then((message) => (drop(key), message)));
      return;
    } catch (error) {
      const problem = toProblem(error);
      if (!problem.isTemporary || (each.file !== null && !problem.isUnanswered)) {
        update(key, { state: "failed", problem });
        return;
      }
      update(key, { state: "waiting", problem });
      await untilNextTry(attempt);
    }
  }
}

/** @param {Pending} each @returns {Promise<Message>} */
function send({ session, mode, text, replyTo, file, key }) {
  if (file === null) {
    const body = { text, internal: mode === "note", ...(replyTo ? { reply_to: replyTo } : {}) };
    return post(`/sessions/${session}/messages`, body, { key });
  }
  const form = new FormData();
  if (text) form.set("caption", text);
  if (replyTo) form.set("reply_to", replyTo);
  if (mode === "note") form.set("internal", "true");
  form.set("file", file, file.name);
  return post(`/sessions/${session}/files`, form, { key });
}

/** @param {number} attempt */
function untilNextTry(attempt) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve(null);
    };
    const timer = setTimeout(done, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
    addEventListener("online", done);
  });
}
