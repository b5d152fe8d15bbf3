/** Which other agents look at this session or write in it, so that two do not answer at once. */

import { signal, useEffect } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { post } from "../server/http.js";

/** @import { LiveEvent } from "../../types.d.ts" */

/** @typedef {{agentId: string, name: string, state: "viewing" | "composing", until: number}} Other */

/** The server forgets what was not said again for 30 seconds. */
const LIFETIME_MS = 30_000;
const AGAIN_MS = 10_000;
const COMPOSING_MS = 8000;

/** @type {import("../vendor/preact.js").Signal<Map<string, Other[]>>} the others by session */
const others = signal(new Map());
let writtenAt = 0;
/** Says where I am, where a session is shown. @type {(() => void) | null} */
let sayNow = null;

/** @param {string} sessionId @param {Other[]} found */
const setOthers = (sessionId, found) => {
  others.value = new Map(others.peek()).set(sessionId, found);
};

/** @param {LiveEvent} event */
export function takePresence({ type, session_id: sessionId, agent, state }) {
  if (type !== "presence" || !sessionId || !agent || agent.id === me.peek()?.agent_id) return;
  const left = (others.peek().get(sessionId) ?? []).filter((each) => each.agentId !== agent.id);
  const isThere = state === "viewing" || state === "composing";
  const until = Date.now() + LIFETIME_MS;
  const other = { agentId: agent.id, name: agent.name ?? "", until };
  setOthers(sessionId, isThere ? [...left, { ...other, state }] : left);
}

/** The user is writing: an answer or a note. */
export function noteComposing() {
  const wasComposing = Date.now() - writtenAt < COMPOSING_MS;
  writtenAt = Date.now();
  if (!wasComposing) sayNow?.();
}

/** Say where I am while the session is shown; return who else is there. @param {string | undefined} sessionId */
export function usePresence(sessionId) {
  useEffect(() => {
    if (!sessionId) return undefined;
    writtenAt = 0;
    /** @param {string} state */
    const say = (state) => post(`/sessions/${sessionId}/presence`, { state });
    async function sayAgain() {
      if (document.visibilityState !== "visible") return;
      const isComposing = Date.now() - writtenAt < COMPOSING_MS;
      try {
        /** @type {{others: {agent_id: string, name: string, state: "viewing" | "composing"}[]}} */
        const found = await say(isComposing ? "composing" : "viewing");
        const until = Date.now() + LIFETIME_MS;
        setOthers(
          sessionId ?? "",
          found.others.map((each) => ({ ...each, agentId: each.agent_id, until })),
        );
      } catch {
        // Nobody depends on it.
      }
    }
    sayNow = () => void sayAgain();
    sayNow();
    const timer = setInterval(sayAgain, AGAIN_MS);
    return () => {
      clearInterval(timer);
      sayNow = null;
      say("left").catch(() => {});
    };
  }, [sessionId]);
  const found = others.value.get(sessionId ?? "") ?? [];
  return found.filter((each) => each.until > Date.now());
}
