/** Words for what the API sends as codes. */

import { t } from "../i18n/words.js";
import { measure } from "./time.js";

/** @import { LastMessage, Message } from "../../types.d.ts" */
/** @import { Key } from "../i18n/words.js" */

/** @param {number} ms such as 5 min */
export function duration(ms) {
  const { unit, n } = measure(ms);
  return t(/** @type {Key} */ (`time.${unit}`), { n });
}

/** What stands for a message without words. @param {string} type */
export function typeName(type) {
  return t(/** @type {Key} */ (`type.${type}`));
}

/** One line about the last message. @param {LastMessage | null} last */
export function preview(last) {
  if (last === null) return "";
  const words = last.message?.replaceAll(/\s+/g, " ").trim() || typeName(last.message_type);
  return last.message && last.message_type !== "TEXT"
    ? `${typeName(last.message_type)}: ${words}`
    : words;
}

/** Who wrote the last message, where that is not the customer. @param {LastMessage | null} last @param {string} myName */
export function previewAuthor(last, myName) {
  if (last === null || last.sender_type === "CLIENT") return "";
  if (last.sender_type === "SYSTEM") return t("author.system");
  return last.author_name === myName ? t("author.me") : (last.author_name ?? t("author.phone"));
}

/** The delivery of an answer in words. @param {Message} message */
export function deliveryName(message) {
  return t(/** @type {Key} */ (`delivery.${message.delivery_state}`));
}
