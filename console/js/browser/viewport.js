/** The height that is really seen: on iOS the keyboard covers the page instead of resizing it. */

import { effect, signal } from "../vendor/preact.js";

/** What a messenger shows of the page, if it says so. */
export const frameHeight = signal(/** @type {number | null} */ (null));
const seenHeight = signal(innerHeight);

export function followViewport() {
  const view = globalThis.visualViewport;
  if (!view) return;
  function measure() {
    // Whoever enlarges the page sees less of it on purpose.
    if (!view || view.scale > 1.01) return;
    seenHeight.value = view.height;
    if (view.height < innerHeight - 1) scrollTo(0, 0);
  }
  view.addEventListener("resize", measure);
  view.addEventListener("scroll", measure);
  measure();
  effect(() => {
    const height = Math.min(seenHeight.value, frameHeight.value ?? Infinity);
    const { style } = document.documentElement;
    if (height < innerHeight - 1) style.setProperty("--height", `${Math.round(height)}px`);
    else style.removeProperty("--height");
  });
}
