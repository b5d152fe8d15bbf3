/**
 * Draw attention while the page is open: the title, a sound, and the browser's notifications.
 * Inside Telegram the bot does that.
 */

import { effect } from "../vendor/preact.js";
import { isMiniApp } from "../telegram/bridge.js";
import { preferences } from "./preferences.js";

const QUIET_MS = 2000;
/** @type {AudioContext | null} */
let audio = null;
let lastAt = 0;

/** @param {() => number} count how much is unread */
export function countInTitle(count) {
  effect(() => {
    const n = count();
    document.title = n > 0 ? `(${n}) OsmoDesk` : "OsmoDesk";
  });
}

/** Play two short tones, where the browser allows it. */
export function playSound() {
  if (isMiniApp || !preferences.peek().sound || Date.now() - lastAt < QUIET_MS) return;
  lastAt = Date.now();
  audio ??= new AudioContext();
  if (audio.state === "suspended") return;
  const { currentTime: start } = audio;
  for (const [i, frequency] of [660, 880].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start + i * 0.12);
    volume.gain.exponentialRampToValueAtTime(0.08, start + i * 0.12 + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + i * 0.12 + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + i * 0.12);
    tone.stop(start + i * 0.12 + 0.22);
  }
}

/** Ask for the permission; return whether there is one. */
export async function allowNotifications() {
  if (!("Notification" in globalThis)) return false;
  return (await Notification.requestPermission()) === "granted";
}

/**
 * Show a notification; a later one with the same tag replaces it.
 * @param {{tag: string, title: string, body: string, onOpen: () => void}} given
 */
export function showNotification({ tag, title, body, onOpen }) {
  const isWanted = preferences.peek().notifications;
  if (isMiniApp || !isWanted || Notification.permission !== "granted") return;
  const shown = new Notification(title, { body, tag });
  shown.addEventListener("click", () => {
    globalThis.focus();
    onOpen();
    shown.close();
  });
}

/** Browsers allow sound after the first click or key. */
addEventListener("pointerdown", () => void (audio ??= new AudioContext()).resume(), { once: true });
