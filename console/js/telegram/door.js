/** The log-in of a Mini App: Telegram says who the user is. Its tokens stay in memory. */

import { post } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { launch } from "./bridge.js";

/** @import { Tokens } from "../../types.d.ts" */

let refreshToken = "";

export const telegramDoor = {
  isOpen: () => launch.data !== "",
  /** @param {{code?: string}} given @returns {Promise<Tokens>} */
  begin: ({ code }) => take(post("/auth/telegram", { init_data: launch.data, code: code ?? null })),
  /** A reload has no token any more: the same data resumes the log-in that it began. */
  async renew() {
    if (!refreshToken) return telegramDoor.begin({});
    try {
      return await take(post("/auth/refresh", { refresh_token: refreshToken }));
    } catch (error) {
      if (toProblem(error).status !== 401) throw error;
      refreshToken = "";
      return telegramDoor.begin({});
    }
  },
  end: () => post("/auth/logout"),
  /** @param {boolean} isIn */
  remember(isIn) {
    if (!isIn) refreshToken = "";
  },
};

/** @param {Promise<Tokens>} answer */
async function take(answer) {
  const tokens = await answer;
  refreshToken = tokens.refresh_token ?? "";
  return tokens;
}
