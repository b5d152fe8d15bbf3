/** Names as a small picture: two letters and a colour that a person keeps. */

/** @param {string} name */
export function initials(name) {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((each) => /[\p{L}\p{N}]/u.test(each));
  const letters = words.map((each) => [...each].find((one) => /[\p{L}\p{N}]/u.test(one)) ?? "");
  return ((letters[0] ?? "?") + (letters.length > 1 ? letters.at(-1) : "")).toUpperCase();
}

/** One of eight colours. @param {string} id */
export function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}
