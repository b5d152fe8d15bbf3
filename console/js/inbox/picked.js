/** Conversations that are picked, to do something with all of them. */

import { signal } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { notify } from "../shell/notices.js";

/** @import { Row } from "./rows.js" */

export const MOST_PICKED = 50;
const LONG_PRESS_MS = 500;
/** A finger that moves so far scrolls. */
const STILL_PX = 10;

/** @type {import("../vendor/preact.js").Signal<ReadonlySet<string>>} */
export const picked = signal(new Set());
/** Where a range begins. */
let anchor = "";

export function clearPicked() {
  if (picked.peek().size > 0) picked.value = new Set();
}

/** @param {Iterable<string>} ids */
export function pick(ids) {
  const all = [...new Set(ids)];
  if (all.length > MOST_PICKED) notify(t("bulk.most", { n: MOST_PICKED }));
  picked.value = new Set(all.slice(0, MOST_PICKED));
}

/** @param {string} id */
export function togglePick(id) {
  anchor = id;
  const others = [...picked.peek()].filter((each) => each !== id);
  pick(picked.peek().has(id) ? others : [...others, id]);
}

/** Pick all from the one that was picked last to this one. @param {Row[]} rows @param {string} id */
export function pickTo(rows, id) {
  const ids = rows.map((row) => row.id);
  const end = ids.indexOf(id);
  const start = anchor && ids.includes(anchor) ? ids.indexOf(anchor) : end;
  if (start === end) anchor = id;
  pick([...picked.peek(), ...ids.slice(Math.min(start, end), Math.max(start, end) + 1)]);
}

/**
 * Handlers for an element: a finger that rests on it is a long press, and no click.
 * @param {(target: Element) => void} onLongPress
 */
export function watchLongPress(onLongPress) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let place = { x: 0, y: 0 };
  let wasLong = false;
  const stop = () => clearTimeout(timer);
  return {
    /** @param {PointerEvent} event */
    onPointerDown(event) {
      wasLong = false;
      const { target } = event;
      if (event.pointerType !== "touch" || !(target instanceof Element)) return;
      place = { x: event.clientX, y: event.clientY };
      stop();
      timer = setTimeout(() => {
        wasLong = true;
        onLongPress(target);
      }, LONG_PRESS_MS);
    },
    /** @param {PointerEvent} event */
    onPointerMove(event) {
      if (Math.hypot(event.clientX - place.x, event.clientY - place.y) > STILL_PX) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    /** @param {MouseEvent} event */
    onClickCapture(event) {
      if (!wasLong) return;
      wasLong = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
