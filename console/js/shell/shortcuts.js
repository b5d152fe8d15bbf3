/** Keys: single ones never fire while somebody types, and can be switched off. */

import { useLayoutEffect } from "../vendor/preact.js";
import { preferences } from "../browser/preferences.js";
import { extraDialog } from "./extras.js";

/** @typedef {(event: KeyboardEvent) => void} Action */

/** The last registered action of a key gets it. @type {Map<string, Action[]>} */
const actions = new Map();

/**
 * The name of a pressed key, such as `j`, `?`, `Ctrl+k` or `Alt+n`.
 * @param {KeyboardEvent} event
 */
function nameKey(event) {
  const modifier = event.ctrlKey || event.metaKey ? "Ctrl+" : event.altKey ? "Alt+" : "";
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = modifier && letter ? letter : event.key;
  return modifier + (key.length === 1 ? key.toLowerCase() : key);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.matches("input, textarea, select") || target.isContentEditable)
  );
}

/** @param {KeyboardEvent} event */
function handle(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameKey(event);
  const isSingle = !name.includes("+") && name !== "Escape";
  if (isSingle && (isTyping(event.target) || !preferences.value.singleKeys)) return;
  // Also a dialog that is on its way: what is typed is meant for it.
  if (document.querySelector("dialog[open]") || extraDialog.value !== null) return;
  if (
    name === "Enter" &&
    event.target instanceof HTMLElement &&
    event.target.matches("button, a, summary")
  )
    return;
  const action = actions.get(name)?.at(-1);
  if (!action) return;
  event.preventDefault();
  action(event);
}

addEventListener("keydown", handle);

/**
 * While the component is shown, these keys do this.
 * @param {Record<string, Action>} given
 */
export function useShortcuts(given) {
  useLayoutEffect(() => {
    for (const [name, action] of Object.entries(given)) {
      actions.set(name, [...(actions.get(name) ?? []), action]);
    }
    return () => {
      for (const [name, action] of Object.entries(given)) {
        actions.set(
          name,
          (actions.get(name) ?? []).filter((each) => each !== action),
        );
      }
    };
  });
}
