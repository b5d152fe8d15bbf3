/** What this browser keeps, where it may: a full or forbidden storage loses nothing on the screen. */

const PREFIX = "osmodesk.";
/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} name @returns {any} */
export function load(name) {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? memory.get(name);
    return text == null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Save a value; null removes it. Returns whether it will survive a reload.
 * @param {string} name @param {unknown} value
 */
export function save(name, value) {
  const text = JSON.stringify(value);
  if (value === null) memory.delete(name);
  else memory.set(name, text);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} prefix @returns {string[]} the names that begin with it */
export function listNames(prefix) {
  try {
    return Object.keys(localStorage)
      .filter((each) => each.startsWith(PREFIX + prefix))
      .map((each) => each.slice(PREFIX.length));
  } catch {
    return [...memory.keys()].filter((each) => each.startsWith(prefix));
  }
}
