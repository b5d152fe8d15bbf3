/**
 * What was written here and is not confirmed yet. It is stored with its Idempotency-Key before the
 * first try, so that a repeated try, also after a reload, sends it once.
 */

import { signal } from "../vendor/preact.js";
import { dropFile, findFile, keepFile } from "../browser/file_store.js";
import { listNames, load, save } from "../browser/storage.js";
import { setUnsaved } from "../browser/unload.js";
import { post } from "../server/http.js";
import { newKey } from "../server/keys.js";
import { toProblem } from "../server/problem.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Entity, Message } from "../../types.d.ts" */

/**
 * @typedef {object} Pending
 * @property {string} key
 * @property {string} conversation
 * @property {string} session
 * @property {"reply" | "note"} mode
 * @property {string} text
 * @property {Entity[]} [entities] how parts of the text look
 * @property {string | null} replyTo
 * @property {string} at
 * @property {File | null} file
 * @property {string | null} fileName of the file, also while it is read again after a reload
 * @property {string | null} [macro] the canned reply whose actions follow
 * @property {string | null} [suggestion] the AI agent's draft that it is, perhaps in other words
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
    else enqueue(each.key, each.fileName ? readAgain(each.key) : undefined);
  }
}

/** @param {string} key */
async function readAgain(key) {
  const file = await findFile(key).catch(() => null);
  update(key, file === null ? { state: "failed" } : { file });
}

/** @param {Pick<Pending, "conversation" | "session" | "mode" | "text" | "entities" | "replyTo" | "file" | "suggestion" | "macro">} given what was written */
export function submit(given) {
  /** @type {Pending} */
  const made = {
    ...given,
    fileName: given.file?.name ?? null,
    key: newKey(),
    at: new Date().toISOString(),
    state: "sending",
    problem: null,
  };
  pending.value = [...pending.value, made];
  enqueue(made.key, store(made));
}

/** Try again what was refused. @param {string} key */
export function retry(key) {
  update(key, { state: "sending", problem: null });
  enqueue(key);
}

/** Forget it; the caller shows its text elsewhere. @param {string} key */
export function drop(key) {
  save(nameOf(key), null);
  const dropped = find(key);
  if (dropped) setUnsaved(dropped.key, false);
  if (dropped?.fileName) dropFile(key).catch(() => {});
  pending.value = pending.value.filter((each) => each.key !== key);
}

/** The desk has it, as its event says: the answer to the POST is no longer needed. @param {string} key */
export function settle(key) {
  if (find(key)) drop(key);
}

/** @param {string} key */
const nameOf = (key) => `outbox.${user}.${key}`;

/** Store it for the case of a reload; where that is not possible, the browser warns before one. @param {Pending} each */
async function store(each) {
  const { file, problem: _problem, state: _state, ...kept } = each;
  try {
    if (file !== null) {
      setUnsaved(each.key, true);
      await keepFile(each.key, file);
    }
    setUnsaved(each.key, !save(nameOf(each.key), kept));
  } catch {
    // The file is sent all the same.
  }
}

/** @param {string} key @param {Partial<Pending>} changes */
function update(key, changes) {
  pending.value = pending.value.map((each) => (each.key === key ? { ...each, ...changes } : each));
}

/** @param {string} key */
const find = (key) => pending.peek().find((each) => each.key === key);

/** @param {string} key @param {Promise<void>} [isPrepared] it is not sent before */
function enqueue(key, isPrepared) {
  const each = find(key);
  if (!each) return;
  const before = chains.get(each.conversation) ?? Promise.resolve();
  chains.set(
    each.conversation,
    before.then(() => isPrepared).then(() => deliver(key)),
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
function send({ session, mode, text, entities = [], replyTo, file, suggestion, macro, key }) {
  const formatted = { text, ...(entities.length > 0 && { entities }) };
  if (suggestion) return post(`/suggestions/${suggestion}/send`, formatted, { key });
  if (file === null) {
    const body = {
      ...formatted,
      internal: mode === "note",
      ...(replyTo ? { reply_to: replyTo } : {}),
      ...(macro ? { canned_reply_id: macro } : {}),
    };
    return post(`/sessions/${session}/messages`, body, { key });
  }
  const form = new FormData();
  if (text) form.set("caption", text);
  if (entities.length > 0) form.set("entities", JSON.stringify(entities));
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
