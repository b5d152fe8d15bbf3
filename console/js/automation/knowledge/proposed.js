/** What a new article begins with: a question that a person answered. */

const NOTHING = { title: "", text: "" };
let proposed = NOTHING;

/** @param {{title: string, text: string}} given */
export function propose(given) {
  proposed = given;
}

/** It is taken once. */
export function takeProposed() {
  const taken = proposed;
  proposed = NOTHING;
  return taken;
}
