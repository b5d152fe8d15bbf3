/** The log-in of a browser: its refresh token is in a cookie that no script can read. */

import { load, save } from "../browser/storage.js";
import { post } from "../server/http.js";

/** @import { Tokens } from "../../types.d.ts" */

/** Only says that this browser has a log-in; the cookie itself cannot be read. */
const MARK = "logged-in";
const HEADERS = { "X-OsmoDesk-Console": "1" };

export const browserDoor = {
  /** Whether there may be a log-in to go on with. */
  isOpen: () => load(MARK) === true,
  /** @param {{email: string, password: string, code?: string}} given @returns {Promise<Tokens>} */
  begin: (given) => post("/auth/browser/login", given, { headers: HEADERS }),
  /** @returns {Promise<Tokens>} */
  renew: () => post("/auth/browser/refresh", {}, { headers: HEADERS }),
  end: () => post("/auth/browser/logout", {}, { headers: HEADERS }),
  /** @param {boolean} isIn */
  remember: (isIn) => void save(MARK, isIn || null),
};
