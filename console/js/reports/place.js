/** What is asked of the reports, as it stands in the address: the same names as in the API. */

import { isDay } from "./days.js";

/** @typedef {"period" | "first_day" | "last_day" | "channel_id" | "agent_id" | "tag_id"} Name */
/** @typedef {Partial<Record<Name, string>>} Question */

export const PERIODS = /** @type {const} */ ([
  "today",
  "this_week",
  "last_week",
  "this_month",
  "last_month",
]);
const DEFAULT = "this_week";
const ID = /^[0-9A-Z]{26}$/;

/** Read it; what makes no sense is left out. @param {string} query @returns {Question} */
export function readQuestion(query) {
  const asked = new URLSearchParams(query);
  /** @param {Name} name @param {(text: string) => boolean} isGood */
  const read = (name, isGood) => {
    const text = asked.get(name) ?? "";
    return isGood(text) ? { [name]: text } : {};
  };
  const days = { ...read("first_day", isDay), ...read("last_day", isDay) };
  const period = PERIODS.find((each) => each === asked.get("period")) ?? DEFAULT;
  return {
    ...(days.first_day && days.last_day ? days : { period }),
    ...read("channel_id", (text) => ID.test(text)),
    ...read("agent_id", (text) => ID.test(text)),
    ...read("tag_id", (text) => ID.test(text)),
  };
}

/** @param {Question} question @returns {string} parameters of the address and of the API */
export const writeQuestion = (question) =>
  new URLSearchParams(Object.entries(question).filter(([, value]) => value)).toString();
