/** Who opens a conversation in order to answer wants to type at once. */

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
