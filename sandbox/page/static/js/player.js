// Plays voice and audio.

import { fileUrl } from "./api.js";
import { duration } from "./dates.js";
import { el, icon } from "./dom.js";

const BARS = 28;

/** Return a play button, a wave and the time. */
export function player(file, label) {
  const sound = el("audio", { src: fileUrl(file.file_id), preload: "none" });
  const time = el("span", { class: "player-time", text: duration(file.duration) });
  const bars = Array.from({ length: BARS }, (_, i) =>
    el("i", { style: { "--h": `${wave(file.file_unique_id ?? file.file_id, i)}%` } }),
  );
  const button = el(
    "button",
    { type: "button", class: "player-button", "aria-label": `Play: ${label}`, on: { click: toggle } },
    icon("play"),
  );
  const show = (name) => button.replaceChildren(icon(name));
  sound.addEventListener("play", () => show("pause"));
  sound.addEventListener("pause", () => show("play"));
  sound.addEventListener("timeupdate", () => {
    const share = sound.duration ? sound.currentTime / sound.duration : 0;
    bars.forEach((bar, i) => bar.classList.toggle("played", i < share * BARS));
    time.textContent = duration(sound.currentTime || file.duration);
  });
  return el(
    "div",
    { class: "player" },
    button,
    el(
      "div",
      { class: "player-body" },
      caption(file, label),
      el("div", { class: "wave", "aria-hidden": "true" }, bars),
    ),
    time,
    sound,
  );

  function toggle() {
    if (!sound.paused) return sound.pause();
    return sound.play().catch(() => (time.textContent = "can't play"));
  }
}

const caption = (file, label) =>
  file.file_name || file.title ? el("span", { class: "player-title", text: label }) : null;

// Draw a wave: always the same for one file, not measured from its sound.
function wave(seed, index) {
  let hash = index * 2654435761;
  for (const char of seed) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  return 25 + (hash % 75);
}
