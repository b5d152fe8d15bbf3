/** Unique keys. Not `crypto.randomUUID`: browsers have it over https and on this machine only. */

/** @returns {string} that no other request has */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
