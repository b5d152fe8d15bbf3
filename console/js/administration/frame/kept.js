/**
 * What stands in forms when the log-in ends, until the same person is logged in again. It is kept in
 * the memory of this tab alone: there are tokens among it, and others may use the browser, too.
 */

import { me, phase } from "../../account/log_in.js";

/** @import { Values } from "./values.js" */

let user = "";
/** @type {Map<string, Values>} */
const kept = new Map();

/** A form is known by its screen and its fields. @param {Values} stored */
const nameOf = (stored) => [location.hash, ...Object.keys(stored)].join(" ");

/**
 * Keep the changes of a form that is no longer shown, if the log-in has ended.
 * @param {Values} stored @param {Values} changes
 */
export function keepChanges(stored, changes) {
  const owner = me.peek()?.id;
  if (phase.peek() === "in" || !owner || Object.keys(changes).length === 0) return;
  forgetOthers(owner);
  kept.set(nameOf(stored), changes);
}

/** Return the changes that were kept of a form, once. @param {Values} stored @returns {Values} */
export function takeChanges(stored) {
  forgetOthers(me.peek()?.id ?? "");
  const name = nameOf(stored);
  const changes = kept.get(name) ?? {};
  kept.delete(name);
  return changes;
}

/** @param {string} owner */
function forgetOthers(owner) {
  if (user !== owner) kept.clear();
  user = owner;
}
