/** Scripts that are loaded when they are needed. Their addresses stand in the page. */

/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/** @param {string} name @returns {Promise<any>} what the script exports */
export function loadScript(name) {
  const asked = scripts.get(name) ?? importScript(name);
  scripts.set(name, asked);
  return asked;
}

/** @param {string} name */
async function importScript(name) {
  const named = document.querySelector("meta[name=later-scripts]")?.getAttribute("content");
  try {
    const loaded = await import(JSON.parse(named ?? "{}")[name]);
    return loaded.default;
  } catch (error) {
    scripts.delete(name);
    throw error;
  }
}

/** The words of the first script in another language than English. @param {string} language */
export const loadWordsScript = (language) => loadScript(`words.${language}`);
