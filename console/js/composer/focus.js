/** Who opens a conversation in order to answer wants to type at once. */

/** There is no other keyboard than the one on the screen. */
export const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

let isWanted = false;

export function wantFocus() {
  isWanted = true;
}

/** Return whether the composer that is shown now gets the focus; it gets it once. */
export function takeFocus() {
  const was = isWanted;
  isWanted = false;
  return was;
}
