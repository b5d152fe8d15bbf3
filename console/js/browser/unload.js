/** Warn before the page is left, while something would be lost with it. */

/** @type {Set<string>} */
const unsaved = new Set();

/** @param {string} what @param {boolean} isUnsaved */
export function setUnsaved(what, isUnsaved) {
  if (isUnsaved) unsaved.add(what);
  else unsaved.delete(what);
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size > 0) event.preventDefault();
});
