/** The roles that a person may have. */

import { t } from "../words.js";

/** @returns {[string, string][]} */
export const listRoles = () => [
  ["CS", t("role.CS")],
  ["ADMIN", t("role.ADMIN")],
];
