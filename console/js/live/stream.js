/** The event stream: read with fetch, because EventSource cannot send a token. */

import { signal } from "../vendor/preact.js";
import { onAwake } from "../browser/awake.js";
import { PREFIX } from "../server/http.js";
import { createParser } from "./sse.js";

/** @import { LiveEvent } from "../../types.d.ts" */

/** The server sends something every 15 seconds. */
const SILENCE_MS = 35_000;
/** It answers a new connection at once: one that stays silent is dead from the beginning. */
const ANSWER_MS = 10_000;
/** After a sleep, a connection that was silent for this long is taken for dead. */
const DOUBTFUL_MS = 17_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** @type {import("../vendor/preact.js").Signal<"connecting" | "live" | "lost">} */
export const connection = signal("connecting");
/** Since when there is no connection; null while there is one. */
export const lostSince = signal(/** @type {number | null} */ (null));

/**
 * @typedef {object} Listener
 * @property {(event: LiveEvent, id: string | null) => void} onEvent
 * @property {(id: string | null) => void} onReady the missed events were sent
 * @property {() => void} onResync events are missing: the lists must be loaded again
 * @property {() => string | null} token
 * @property {() => Promise<boolean>} refresh
 * @property {string | null} [position] where to go on
 * @property {() => void} [onHeard] the server is there, with or without an event
 */

const doNothing = () => {};

/**
 * Keep the stream open until the returned function is called.
 * @param {Listener} listener
 */
export function openStream(listener) {
  let isClosed = false;
  let pause = FIRST_PAUSE_MS;
  /** @type {string | null} */
  let position = listener.position ?? null;
  let abort = new AbortController();
  let wake = doNothing;
  let heardAt = 0;

  async function run() {
    while (!isClosed) {
      const reason = await connect();
      if (isClosed) return;
      const mayBeNew = reason === "expired" || reason === "ended";
      if (mayBeNew && (await listener.refresh())) continue;
      if (lostSince.peek() === null) lostSince.value = Date.now();
      connection.value = "lost";
      await sleep();
    }
  }

  async function sleep() {
    const ms = pause * (0.5 + Math.random() / 2);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve(null);
      };
    });
  }

  /** Return why the stream ended. */
  async function connect() {
    abort = new AbortController();
    let isAnswered = false;
    const watch = setInterval(() => abortAfter(isAnswered ? SILENCE_MS : ANSWER_MS), 1000);
    heardAt = Date.now();
    try {
      const response = await fetch(`${PREFIX}/events`, {
        headers: {
          Authorization: `Bearer ${listener.token()}`,
          ...(position === null ? {} : { "Last-Event-ID": position }),
        },
        signal: abort.signal,
      });
      if (response.status === 401) return "expired";
      if (!response.ok || response.body === null) return "refused";
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = createParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "closed";
        isAnswered = true;
        heardAt = Date.now();
        listener.onHeard?.();
        for (const sent of parse(value)) {
          const end = take(sent);
          if (end) return end;
        }
      }
    } catch {
      return "lost";
    } finally {
      clearInterval(watch);
      abort.abort();
    }
  }

  /** @param {import("./sse.js").Sent} sent */
  function take(sent) {
    if (isClosed) return "closed";
    const event = /** @type {LiveEvent} */ (JSON.parse(sent.data));
    if (sent.event === "end") return event.reason ?? "ended";
    if (sent.event === "resync") listener.onResync();
    else if (sent.event === "ready") {
      pause = FIRST_PAUSE_MS;
      connection.value = "live";
      lostSince.value = null;
      listener.onReady(sent.id);
    } else listener.onEvent(event, sent.id);
    if (sent.id !== null) position = sent.id;
    return null;
  }

  /** The clock goes on while a machine sleeps, and timers do not. @param {number} silence */
  function abortAfter(silence) {
    if (Date.now() - heardAt > silence) abort.abort();
  }

  /** Do not wait for the end of a pause, nor for the silence of a dead connection. */
  function hurry() {
    if (document.visibilityState !== "visible") return;
    pause = FIRST_PAUSE_MS;
    if (connection.peek() === "live") abortAfter(DOUBTFUL_MS);
    else wake();
  }
  const fail = () => abort.abort();

  const stopListening = onAwake(hurry);
  addEventListener("offline", fail);
  void run();
  return () => {
    isClosed = true;
    abort.abort();
    wake();
    stopListening();
    removeEventListener("offline", fail);
    connection.value = "connecting";
    lostSince.value = null;
  };
}
