// Remembers the messages that were seen, so that the others can be counted; kept over reloads.

const KEPT_AS = "osmodesk-sandbox-seen";

function restored() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}

let seen = restored();

/** Mark all these messages as seen in this place. */
export function markSeen(place, messages) {
  const last = messages.at(-1)?.message_id;
  if (last === undefined || seen[place] === last) return false;
  seen = { ...seen, [place]: last };
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(seen));
  } catch {
    // A browser without storage counts again from zero after a reload.
  }
  return true;
}

/** Return the number of messages that are newer than the last seen one; `own` messages do not count. */
export function unread(place, messages, own) {
  const newest = messages.at(-1)?.message_id ?? 0;
  const last = Math.min(seen[place] ?? 0, newest); // after a reset the sandbox counts from 1 again
  return messages.filter((message) => message.message_id > last && !own(message)).length;
}
