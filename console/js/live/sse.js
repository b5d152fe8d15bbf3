/** Server-sent events out of the pieces in which they arrive. */

/**
 * @typedef {object} Sent
 * @property {string | null} id
 * @property {string} event
 * @property {string} data
 */

/**
 * Return a function that takes the next piece of the stream and returns the events that it completes.
 * @returns {(piece: string) => Sent[]}
 */
export function createParser() {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(parseBlock).filter((each) => each !== null);
  };
}

/** @param {string} block @returns {Sent | null} */
function parseBlock(block) {
  /** @type {Sent} */
  const sent = { id: null, event: "message", data: "" };
  /** @type {string[]} */
  const data = [];
  for (const line of block.split("\n")) {
    const [, name, value] = /^(id|event|data): ?(.*)$/s.exec(line) ?? [];
    if (name === "id") sent.id = value ?? null;
    else if (name === "event") sent.event = value ?? "";
    else if (name === "data") data.push(value ?? "");
  }
  sent.data = data.join("\n");
  return data.length > 0 ? sent : null;
}
