/** The names of the texts, in words. */

import { t } from "../words.js";

/** @import { Key } from "../words.js" */

/** @type {Record<string, Key>} */
const NAMES = {
  welcome: "text.welcome",
  waiting: "text.waiting",
  waiting_open: "text.waiting_open",
  waiting_until: "text.waiting_until",
  waiting_closed: "text.waiting_closed",
  estimate: "text.estimate",
  estimate_short: "text.estimate_short",
  closed: "text.closed",
  closed_until: "text.closed_until",
  assigned: "text.assigned",
  ended: "text.ended",
  idle: "text.idle",
  file_not_shown: "text.file_not_shown",
  choose: "text.choose",
  rating: "text.rating",
  rating_digits: "text.rating_digits",
  rating_thanks: "text.rating_thanks",
  rating_comment: "text.rating_comment",
  too_many: "text.too_many",
  stopped: "text.stopped",
  resumed: "text.resumed",
  "ai.introduction": "text.ai_introduction",
  "ai.handed_to": "text.ai_handed_to",
  "ai.handed_to_nobody": "text.ai_handed_to_nobody",
  "ai.limit_reached": "text.ai_limit_reached",
  "ai.offer": "text.ai_offer",
  "ai.person": "text.ai_person",
  "bot.description": "text.bot_description",
  "bot.short_description": "text.bot_short_description",
};

/** @param {string} name of a text; those of a part of a sentence (`when.monday`) share theirs */
export function nameText(name) {
  const key = NAMES[name];
  if (key) return t(key);
  const [theme, part] = name.split(".");
  return theme === "when" && part ? t("text.when", { part }) : name;
}
