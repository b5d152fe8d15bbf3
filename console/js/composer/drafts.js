/** Unsent words, one for each user, conversation and mode; they survive reloads and a lost log-in. */

import { signal } from "../vendor/preact.js";
import { listNames, load, save } from "../browser/storage.js";

/** @typedef {"reply" | "note"} Mode */

const SAVE_AFTER_MS = 300;

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();
/** @type {Map<string, string>} */
const unsaved = new Map();
/** The conversations of the user that have a draft. */
export const drafted = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** @param {string} user @param {string} conversation @param {Mode} mode */
const nameOf = (user, conversation, mode) => `draft.${user}.${conversation}.${mode}`;

/** @param {string} user */
export function listDrafts(user) {
  const names = listNames(`draft.${user}.`);
  drafted.value = new Set(names.map((name) => name.split(".")[2] ?? ""));
}

/** @param {string} user @param {string} conversation @param {Mode} mode @returns {string} */
export function readDraft(user, conversation, mode) {
  const name = nameOf(user, conversation, mode);
  return unsaved.get(name) ?? load(name) ?? "";
}

/** @param {string} user @param {string} conversation @param {Mode} mode @param {string} text */
export function keepDraft(user, conversation, mode, text) {
  const name = nameOf(user, conversation, mode);
  unsaved.set(name, text);
  clearTimeout(timers.get(name));
  timers.set(
    name,
    setTimeout(() => flush(user, name), SAVE_AFTER_MS),
  );
}

/** How often something was put back into a draft: the composer shows it again. */
export const putBack = signal(0);

/** Add what was not sent to the draft. @param {string} user @param {string} conversation @param {Mode} mode @param {string} text */
export function putBackIntoDraft(user, conversation, mode, text) {
  const before = readDraft(user, conversation, mode);
  keepDraft(user, conversation, mode, [before, text].filter(Boolean).join("\n"));
  putBack.value++;
}

/** @param {string} user @param {string} conversation @param {Mode} mode */
export function dropDraft(user, conversation, mode) {
  const name = nameOf(user, conversation, mode);
  clearTimeout(timers.get(name));
  unsaved.set(name, "");
  flush(user, name);
}

/** @param {string} user @param {string} name */
function flush(user, name) {
  const text = unsaved.get(name) ?? "";
  save(name, text || null);
  unsaved.delete(name);
  listDrafts(user);
}

/** The page may be closed before the timers end. */
addEventListener("pagehide", () => {
  for (const [name, text] of unsaved) save(name, text || null);
});
