/** Who is logged in. The access token stays in memory. */

import { signal } from "../vendor/preact.js";
import { load, save } from "../browser/storage.js";
import { get, post, patch, useAccess } from "../server/http.js";
import { toProblem } from "../server/problem.js";

/** @import { AgentStatus, Me, Tokens } from "../../types.d.ts" */

/** @type {import("../vendor/preact.js").Signal<Me | null>} */
export const me = signal(null);
/**
 * `checking`: whether there is a log-in is not known yet; `away`: the server did not say;
 * `enrolling`: a second factor must be set up first.
 */
export const phase = signal(
  /** @type {"checking" | "away" | "out" | "enrolling" | "in"} */ ("checking"),
);
/** True: the log-in ended by itself, so what was typed is kept. */
export const hasExpired = signal(false);

/** @type {Tokens | null} */
let tokens = null;
/** @type {Promise<boolean> | null} */
let refreshing = null;

export const getToken = () => tokens?.access_token ?? null;

useAccess({ token: getToken, refresh });

/** Only says that this browser has a log-in; the cookie itself cannot be read. */
const MARK = "logged-in";
const HEADERS = { "X-OsmoDesk-Console": "1" };

/** @param {string} email @param {string} password @param {string | null} code */
export async function logIn(email, password, code) {
  const body = { email, password, ...(code ? { code } : {}) };
  tokens = await post("/auth/browser/login", body, { headers: HEADERS });
  await enter();
}

/** Go on with the log-in that this browser has, if it has one. */
export async function resume() {
  if (load(MARK) !== true) {
    phase.value = "out";
    return;
  }
  phase.value = "checking";
  try {
    if (await refresh()) await enter();
    else if (load(MARK) === true) phase.value = "away";
  } catch {
    phase.value = "away";
  }
}

addEventListener("online", () => {
  if (phase.peek() === "away") void resume();
});

/** Get the next access token; false: there is none, or not now. @returns {Promise<boolean>} */
export function refresh() {
  refreshing ??= inTurn(renew).finally(() => (refreshing = null));
  return refreshing;
}

/** A refresh token works once, and all tabs share it. @param {() => Promise<boolean>} work */
async function inTurn(work) {
  return navigator.locks ? navigator.locks.request("osmodesk-refresh", work) : work();
}

async function renew() {
  try {
    tokens = await post("/auth/browser/refresh", {}, { headers: HEADERS });
    return true;
  } catch (error) {
    if (toProblem(error).status === 401) leave(phase.peek() === "in");
    return false;
  }
}

export async function enter() {
  /** @type {Me} */
  const found = await get("/auth/me");
  me.value = found;
  hasExpired.value = false;
  save(MARK, true);
  phase.value = found.must_enrol_second_factor ? "enrolling" : "in";
}

export async function logOut() {
  try {
    await post("/auth/browser/logout", {}, { headers: HEADERS });
  } finally {
    leave(false);
  }
}

/** @param {boolean} expired */
function leave(expired) {
  tokens = null;
  save(MARK, null);
  hasExpired.value = expired;
  phase.value = "out";
}

/** @param {AgentStatus} status */
export async function setStatus(status) {
  me.value = await patch("/auth/me", { status });
}
