// WhatsApp's records: business numbers of the Cloud API, linked sessions, customers.

const MOD = 2 ** 31 - 1;

/** Return a number that is always the same for one text, to choose a colour. */
export const numbered = (text) => [...text].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % MOD, 7);

const phoneWords = (digits) => (digits ? `+${digits}` : "");

/** Return the lines that a customer can write to, by side: "cloud" or "waha". */
export const linesOf = ({ cloud, waha }) => [
  ...cloud.numbers.map((number) => line("cloud", number.id, number.name, phoneWords(number.phone), number)),
  ...waha.sessions.map((session) =>
    line("waha", session.name, session.me?.pushName ?? session.name, linked(session), session),
  ),
];

const linked = ({ me, status }) => (me ? phoneWords(me.id.split("@")[0]) : STATUS_WORDS[status]);

/** The displayed text of a session's status. */
export const STATUS_WORDS = {
  STOPPED: "Stopped",
  STARTING: "Starting…",
  SCAN_QR_CODE: "Waiting for a phone",
  PASSKEY_REQUIRED: "Waiting for a passkey",
  PASSKEY_CONFIRMATION_REQUIRED: "Waiting for a confirmation",
  WORKING: "Linked",
  FAILED: "Failed",
};

function line(side, id, name, note, facts) {
  const key = `${side}/${id}`;
  return { key, side, id, name, note, facts, shown: { id: numbered(key), first_name: name, is_bot: true } };
}

/** Return the customers, by side. */
export const customersOf = ({ cloud, waha }) => [
  ...cloud.customers.map((one) => customer("cloud", one.id, one.name, one.phone || one.user_id, one)),
  ...waha.people.map((one) => customer("waha", one.phone, one.name, one.phone, one)),
];

function customer(side, id, name, address, facts) {
  const key = `${side}/${id}`;
  return { key, side, id, name, address, facts, shown: { id: numbered(key), first_name: name } };
}

/** Return whether this customer blocks this line. */
export const blocks = (person, { id }) => person.facts.blocked.includes(id);
