/** Commands that are typed like in the topics. What begins with `/` is never sent to a customer. */

import { t } from "../i18n/words.js";
import { claimNext } from "../inbox/selection.js";
import { extraDialog } from "../shell/extras.js";
import { notify } from "../shell/notices.js";
import { goTo } from "../shell/route.js";
import { changeTags, claim, endSession, reopen, setPriority } from "../thread/session_actions.js";

/** @import { Priority, SessionDetail } from "../../types.d.ts" */
/** @import { Key } from "../i18n/words.js" */

/** @typedef {{name: string, key: Key, run: (session: SessionDetail, words: string) => unknown}} Command */

/** @type {Command[]} */
const COMMANDS = [
  { name: "claim", key: "help.claim", run: claim },
  { name: "end", key: "help.end", run: endSession },
  { name: "transfer", key: "help.transfer", run: () => (extraDialog.value = "transfer") },
  { name: "snooze", key: "command.snooze", run: () => (extraDialog.value = "snooze") },
  { name: "tag", key: "command.tag", run: tag },
  { name: "priority", key: "command.priority", run: changePriority },
  { name: "reopen", key: "action.reopen", run: reopen },
  { name: "client", key: "command.client", run: () => goTo({ showsClient: true }) },
  { name: "next", key: "help.next", run: claimNext },
  { name: "help", key: "help.title", run: () => (extraDialog.value = "help") },
];

/** @param {SessionDetail} session @param {string} words */
function tag(session, words) {
  if (!words) return (extraDialog.value = "tags");
  const names = words.split(",").map((each) => each.trim());
  return changeTags(session, {
    add: names.filter((each) => each && !each.startsWith("-")),
    remove: names.filter((each) => each.startsWith("-")).map((each) => each.slice(1).trim()),
  });
}

/** @param {SessionDetail} session @param {string} words */
function changePriority(session, words) {
  const wanted = words.toLowerCase();
  if (["low", "normal", "high", "urgent"].includes(wanted)) {
    return setPriority(session, /** @type {Priority} */ (wanted));
  }
  return notify(t("command.priority"), true);
}

/** @param {string} words what was typed after the `/` */
export const findCommands = (words) =>
  COMMANDS.filter(({ name }) => name.startsWith(words.toLowerCase()));

/** All commands, to be run without words for a session. @param {SessionDetail} session */
export const listCommands = (session) =>
  COMMANDS.filter(({ name }) => name !== "priority").map(({ name, key, run }) => ({
    name,
    text: t(key),
    run: () => run(session, ""),
  }));

/** @param {string} text @returns {{name: string, words: string} | null} */
export function parseCommand(text) {
  const found = /^\/([a-z_]*)(?:\s+([\s\S]*))?$/i.exec(text.trim());
  return found ? { name: (found[1] ?? "").toLowerCase(), words: (found[2] ?? "").trim() } : null;
}

/** Run a command; return whether there is one of this name. @param {string} text @param {SessionDetail} session */
export function runCommand(text, session) {
  const parsed = parseCommand(text);
  const command = COMMANDS.find(({ name }) => name === parsed?.name);
  if (!command || !parsed) {
    notify(t("command.unknown", { name: `/${parsed?.name ?? ""}` }), true);
    return false;
  }
  void command.run(session, parsed.words);
  return true;
}
