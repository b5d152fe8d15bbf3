/** The customer sees that somebody types, where the channel can show it. */

import { post } from "../server/http.js";

const EVERY_MS = 4500;

let last = 0;
/** @param {string} sessionId */
export function showTyping(sessionId) {
  if (Date.now() - last < EVERY_MS) return;
  last = Date.now();
  post(`/sessions/${sessionId}/typing`).catch(() => {});
}
