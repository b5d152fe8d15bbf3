/** The emoji with the words by which they are found. */

/** @typedef {{emoji: string, words: string}} Named */

/** @param {string} text such as `😀 happy grin, 👍 yes` @returns {Named[]} */
export const readList = (text) =>
  text.split(", ").map((each) => {
    const at = each.indexOf(" ");
    return { emoji: each.slice(0, at), words: each.slice(at + 1) };
  });

/**
 * Those with the wanted words, each the beginning of one of theirs; what was used last stands first.
 * @param {Named[]} all @param {string[]} recent @param {string} wanted
 */
export function findEmoji(all, recent, wanted) {
  const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const last = recent.flatMap((each) => all.find(({ emoji }) => emoji === each) ?? []);
  return [...last, ...all.filter((each) => !last.includes(each))].filter(({ words }) =>
    parts.every((part) => ` ${words.toLowerCase()}`.includes(` ${part}`)),
  );
}
