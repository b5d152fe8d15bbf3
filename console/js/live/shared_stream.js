/**
 * One tab reads the stream for all of a user's: a browser allows six connections to a server, and an
 * alert is given once. That tab holds a lock; when it closes, the next one goes on where it was.
 */

import { effect } from "../vendor/preact.js";
import { newKey } from "../server/keys.js";
import { connection, lostSince, openStream } from "./stream.js";

/** @import { LiveEvent } from "../../types.d.ts" */
/** @import { Listener } from "./stream.js" */

/**
 * @typedef {{kind: "event", event: LiveEvent, position: string | null}
 *   | {kind: "ready", position: string | null} | {kind: "resync"} | {kind: "heard"} | {kind: "hello"}
 *   | {kind: "state", connection: typeof connection.value, lostSince: number | null}
 *   | {kind: "looking", tab: string, isLooking: boolean}} Said
 */

const LOOK_MS = 5000;
/** Longer than the server is ever silent: the leading tab does not run any more. */
const SILENCE_MS = 40_000;

const tab = newKey();
/** The other tabs that somebody looks at, as far as they have said so. @type {Set<string>} */
const looking = new Set();
let isLeader = false;

/** Whether this tab gives the alerts. */
export const givesAlerts = () => isLeader;

/** Whether somebody looks at this tab or another one. */
export const isLookedAt = () => document.visibilityState === "visible" || looking.size > 0;

/** Follow the stream until the returned function is called. @param {string} user @param {Listener} listener */
export function openSharedStream(user, listener) {
  if (!navigator.locks || !("BroadcastChannel" in globalThis)) {
    isLeader = true;
    return openStream(listener);
  }
  const name = `osmodesk-live-${user}`;
  const channel = new BroadcastChannel(name);
  const closing = new AbortController();
  /** @type {string | null} */
  let position = null;
  let isReady = false;
  let heardAt = Date.now();
  let silentLooks = 0;
  /** @param {Said} said */
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window
  const say = (said) => channel.postMessage(said);

  /** Read the stream until the lock is taken away. @param {AbortSignal} end */
  function lead(end) {
    isLeader = true;
    isReady = false;
    const stop = openStream({
      ...listener,
      position,
      onEvent(event, id) {
        position = id ?? position;
        listener.onEvent(event, id);
        say({ kind: "event", event, position });
      },
      onReady(id) {
        position = id ?? position;
        isReady = true;
        listener.onReady(id);
        say({ kind: "ready", position });
      },
      onResync() {
        listener.onResync();
        say({ kind: "resync" });
      },
      onHeard: () => say({ kind: "heard" }),
    });
    const stopTelling = effect(() =>
      say({ kind: "state", connection: connection.value, lostSince: lostSince.value }),
    );
    return new Promise((resolve) => {
      end.addEventListener("abort", () => {
        isLeader = false;
        stopTelling();
        stop();
        resolve(null);
      });
    });
  }

  /** Become the leader when nobody is, or at once instead of a tab that is silent. @param {boolean} steal */
  async function stand(steal) {
    const end = new AbortController();
    closing.signal.addEventListener("abort", () => end.abort());
    try {
      await navigator.locks.request(name, steal ? { steal } : {}, () =>
        closing.signal.aborted ? null : lead(end.signal),
      );
    } catch {
      // Another tab took it: this one had been silent.
      end.abort();
      if (closing.signal.aborted) return;
      say({ kind: "hello" });
      void stand(false);
    }
  }

  /** @param {MessageEvent<Said>} event */
  function hear({ data: said }) {
    if (said.kind === "looking") {
      if (said.isLooking) looking.add(said.tab);
      else looking.delete(said.tab);
    } else if (said.kind === "hello") {
      sayLooking();
      if (!isLeader) return;
      say({ kind: "state", connection: connection.peek(), lostSince: lostSince.peek() });
      if (isReady) say({ kind: "ready", position });
    } else if (!isLeader) follow(said);
  }

  /** @param {Said} said */
  function follow(said) {
    heardAt = Date.now();
    silentLooks = 0;
    if (said.kind === "state") {
      connection.value = said.connection;
      lostSince.value = said.lostSince;
    } else if (said.kind === "event") {
      position = said.position;
      listener.onEvent(said.event, said.position);
    } else if (said.kind === "ready") {
      position = said.position;
      listener.onReady(said.position);
    } else if (said.kind === "resync") listener.onResync();
  }

  /** The clock may have jumped for both tabs: only silence at two looks is one. */
  function look() {
    if (isLeader || Date.now() - heardAt < SILENCE_MS) return;
    silentLooks++;
    if (silentLooks < 2 || document.visibilityState !== "visible") return;
    silentLooks = 0;
    void stand(true);
  }

  const sayLooking = () =>
    say({ kind: "looking", tab, isLooking: document.visibilityState === "visible" });
  const leave = () => say({ kind: "looking", tab, isLooking: false });

  channel.addEventListener("message", hear);
  document.addEventListener("visibilitychange", sayLooking);
  addEventListener("pagehide", leave);
  const watch = setInterval(look, LOOK_MS);
  sayLooking();
  say({ kind: "hello" });
  void stand(false);
  return () => {
    clearInterval(watch);
    document.removeEventListener("visibilitychange", sayLooking);
    removeEventListener("pagehide", leave);
    leave();
    closing.abort();
    channel.close();
  };
}
