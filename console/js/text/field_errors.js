/** What is wrong with a field, in the user's language: the server and the browser speak their own. */

import { t } from "../i18n/words.js";

/** @import { Key } from "../i18n/words.js" */

/** @typedef {{code: string, limit?: number | null, message: string}} FieldProblem */

/** By the server's code; those with a limit need one. @type {Record<string, Key>} */
const WORDS = {
  missing: "field.missing",
  string_pattern_mismatch: "field.form",
  int_parsing: "field.number",
  int_type: "field.number",
  int_from_float: "field.whole",
  float_parsing: "field.number",
  float_type: "field.number",
  enum: "field.choice",
  literal_error: "field.choice",
  password_too_common: "field.common",
};
/** @type {Record<string, Key>} */
const WORDS_WITH_LIMIT = {
  string_too_short: "field.min_length",
  string_too_long: "field.max_length",
  password_too_short: "field.min_length",
  too_short: "field.min_items",
  too_long: "field.max_items",
  greater_than_equal: "field.min",
  less_than_equal: "field.max",
};

/** @param {FieldProblem} problem that the server found */
export function fieldWords({ code, limit, message }) {
  const key = WORDS[code];
  if (key) return t(key);
  const limited = WORDS_WITH_LIMIT[code];
  return limited && limit != null ? t(limited, { n: limit }) : t("field.other", { message });
}

/** @param {HTMLInputElement | HTMLTextAreaElement} input with a value that the browser refuses */
export function inputWords(input) {
  const { validity } = input;
  const n = (/** @type {string} */ name) => ({ n: input.getAttribute(name) ?? "" });
  if (validity.valueMissing) return t("field.missing");
  if (validity.tooShort) return t("field.min_length", n("minlength"));
  if (validity.tooLong) return t("field.max_length", n("maxlength"));
  if (validity.rangeUnderflow) return t("field.min", n("min"));
  if (validity.rangeOverflow) return t("field.max", n("max"));
  if (validity.badInput) return t("field.number");
  if (validity.typeMismatch || validity.patternMismatch) return t("field.form");
  return input.validationMessage;
}
