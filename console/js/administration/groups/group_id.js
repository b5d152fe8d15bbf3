/** The id of a Telegram group, as it is typed, or in the link to one of its messages. */

/** @param {string} text such as `-1001234567890` or `https://t.me/c/1234567890/5` */
export function readGroup(text) {
  const [, number] = /t\.me\/c\/(\d+)/.exec(text) ?? [];
  return number ? `-100${number}` : text.trim();
}
