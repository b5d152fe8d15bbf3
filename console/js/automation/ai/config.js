/** An AI agent as the values of its form, and back. */

import { nest } from "../../administration/frame/values.js";

/** @import { AgentDetail, AiAgent } from "../../administration/types.d.ts" */

const RULES = "config.handover_rules";
const THRESHOLD = "config.confidence_threshold";
/** How long the server waits for a model, and a little. */
export const MODEL_SECONDS = 70;
const MAY_BE_EMPTY = new Set(["config.model", "config.reply_limit_notice"]);

/** @param {AiAgent} agent @param {AgentDetail} served its status and channels */
export function toValues({ name, level, config }, served) {
  const { handover_rules: rules, confidence_threshold: threshold, ...rest } = config;
  return {
    name,
    level,
    status: served.status === "offline" ? "offline" : "online",
    channel_ids: served.channel_ids,
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [`config.${key}`, value])),
    ...Object.fromEntries(Object.entries(rules).map(([key, value]) => [`${RULES}.${key}`, value])),
    [THRESHOLD]: threshold === null ? null : Math.round(threshold * 100),
  };
}

/**
 * The body of a request. Of the rules, which the API replaces together, all are sent.
 * @param {Record<string, any>} values @param {string[]} names of those that are sent
 */
export function toBody(values, names) {
  const hasRules = names.some((each) => each.startsWith(RULES));
  const sent = Object.entries(values)
    .filter(([name]) => names.includes(name) || (hasRules && name.startsWith(RULES)))
    .map(([name, value]) => [name, toSent(name, value)]);
  return nest(Object.fromEntries(sent));
}

/** What stands in the form, for a trial of it. @param {Record<string, any>} values */
export function toTrial(values) {
  const names = Object.keys(values).filter((each) => each.startsWith("config."));
  return { level: values.level, config: toBody(values, names).config };
}

/** @param {string} name @param {any} value */
function toSent(name, value) {
  if (name === THRESHOLD) return value === null ? null : value / 100;
  return MAY_BE_EMPTY.has(name) ? value || null : value;
}
