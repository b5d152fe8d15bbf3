/** Where the focus goes when another screen is shown, for those who hear the page or use its keys. */

import { useEffect, useRef } from "../vendor/preact.js";

/**
 * Another page begins at its heading. A part of the same page takes the focus only when what had it
 * is gone, as the list on a phone: with a list beside the thread, its keys go on.
 * @param {string} page @param {unknown[]} parts which part of the page is shown
 */
export function usePageFocus(page, parts) {
  const shown = useRef(page);
  const isFirst = useRef(true);
  useEffect(() => {
    const isNew = shown.current !== page;
    shown.current = page;
    if (isFirst.current) isFirst.current = false;
    else if (isNew ? !isInside("main") : !isInside("body *")) focusHeading();
  }, [page, ...parts]);
}

/** Give the focus to the first such element. @param {Element | null} place @param {string} selector */
export function focusFirst(place, selector) {
  const found = place?.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
}

/** Whether what has the focus can be seen, and is in such an element. @param {string} selector */
function isInside(selector) {
  const active = document.activeElement;
  return active !== null && active.closest(selector) !== null && isSeen(active);
}

/** @param {Element} element */
const isSeen = (element) => element.getClientRects().length > 0;

/** The heading of the last pane that is seen; a page that is still loading has none. */
function focusHeading() {
  const heading = [...document.querySelectorAll("main h1")].findLast(isSeen);
  const target = heading ?? document.querySelector("main");
  if (!(target instanceof HTMLElement)) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
