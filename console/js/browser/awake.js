/** When the page may have been away: shown again, online again, or after the machine slept. */

const LOOK_MS = 5000;
const SLEPT_MS = 15_000;
/** @type {Set<() => void>} */
const listeners = new Set();

/** Call this each time that the page is awake again. Returns how to stop. @param {() => void} listener */
export function onAwake(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function wakeUp() {
  for (const each of listeners) each();
}

let last = Date.now();
setInterval(() => {
  const slept = Date.now() - last > SLEPT_MS;
  last = Date.now();
  if (slept) wakeUp();
}, LOOK_MS);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") wakeUp();
});
addEventListener("online", wakeUp);
addEventListener("pageshow", wakeUp);
