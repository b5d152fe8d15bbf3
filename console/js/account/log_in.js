/** Who is logged in. The access token stays in memory. */

import { signal } from "../vendor/preact.js";
import { get, patch, useAccess } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { isMiniApp } from "../telegram/bridge.js";
import { telegramDoor } from "../telegram/door.js";
import { browserDoor } from "./browser_door.js";

/** @import { Problem } from "../server/problem.js" */
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
/** Why the log-in was refused. @type {import("../vendor/preact.js").Signal<Problem | null>} */
export const refusal = signal(null);

/** @type {Tokens | null} */
let tokens = null;
/** @type {Promise<boolean> | null} */
let refreshing = null;

/** Nothing is done with a token before it is known whose it is. */
export const getToken = () =>
  phase.peek() === "in" || phase.peek() === "enrolling" ? (tokens?.access_token ?? null) : null;

useAccess({ token: getToken, refresh });

const door = isMiniApp ? telegramDoor : browserDoor;

/** A screen without its content is of little use; but it comes when that takes longer. */
const MOST_WAIT_MS = 200;
/** @type {(headers: Record<string, string>) => Promise<unknown>} */
let prepareScreen = () => Promise.resolve();

/**
 * With each log-in, ask for what the first screen shows at the same time as for who the user is.
 * @param {typeof prepareScreen} prepare gets the headers with the token; must not fail
 */
export function whileEntering(prepare) {
  prepareScreen = prepare;
}

/** @param {{email?: string, password?: string, code?: string}} given */
export async function logIn(given) {
  tokens = await door.begin(/** @type {any} */ (given));
  await enter();
}

/** Go on with the log-in that this page has, if it has one. */
export async function resume() {
  if (!door.isOpen()) {
    phase.value = "out";
    return;
  }
  phase.value = "checking";
  try {
    if (await refresh()) await enter();
    else if (refusal.value === null) phase.value = "away";
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
  refusal.value = null;
  try {
    tokens = await door.renew();
    if (phase.peek() !== "in" || !isOfAnother(tokens)) return true;
    // What this page shows and wants to save is not theirs.
    phase.value = "checking";
    void enter().catch(() => (phase.value = "away"));
    return false;
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status !== 401 && problem.status !== 403) return false;
    refusal.value = problem;
    leave(phase.peek() === "in");
    return false;
  }
}

/** True: somebody else has logged in in another tab of this browser. @param {Tokens} given */
const isOfAnother = ({ user_id: id }) => id !== undefined && id !== me.peek()?.id;

export async function enter() {
  const headers = { Authorization: `Bearer ${tokens?.access_token}` };
  const isPrepared = Promise.race([
    prepareScreen(headers),
    new Promise((resolve) => setTimeout(resolve, MOST_WAIT_MS)),
  ]);
  /** @type {Me} */
  const found = await get("/auth/me", { headers });
  await isPrepared;
  me.value = found;
  hasExpired.value = false;
  door.remember(true);
  phase.value = found.must_enrol_second_factor ? "enrolling" : "in";
}

export async function logOut() {
  try {
    await door.end();
  } finally {
    leave(false);
  }
}

/** @param {boolean} expired */
function leave(expired) {
  tokens = null;
  door.remember(false);
  hasExpired.value = expired;
  phase.value = "out";
}

/** @param {AgentStatus} status */
export async function setStatus(status) {
  me.value = await patch("/auth/me", { status });
}
