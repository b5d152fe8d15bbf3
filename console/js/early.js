/**
 * What begins while the rest of the script is on its way: load the words, go on with the log-in,
 * and ask for the list that will be shown. This module and what it imports are a script of their
 * own, which runs first (api/pages/console/page.py).
 */

import { me, resume, whileEntering } from "./account/log_in.js";
import { language } from "./i18n/language.js";
import { listPath } from "./inbox/paths.js";
import { get } from "./server/http.js";
import { route } from "./shell/route.js";
import { loadWordsScript } from "./shell/scripts.js";

/** @import { Conversation, Page } from "../types.d.ts" */
/** @import { View } from "./inbox/rows.js" */

/** @typedef {{view: View, page: Page<Conversation>}} EarlyPage */

/** @type {Promise<EarlyPage | null>} */
let asked = Promise.resolve(null);
/** @type {EarlyPage | null} */
let found = null;

whileEntering((headers) => {
  const { page } = route.peek();
  found = null;
  asked = page === "inbox" ? ask(headers) : Promise.resolve(null);
  return asked;
});

/** @param {Record<string, string>} headers @returns {Promise<EarlyPage | null>} */
async function ask(headers) {
  const { view, filter } = route.peek();
  try {
    found = { view, page: await get(listPath(view, filter, null), { headers }) };
    return found;
  } catch {
    return null; // loading the list will say why
  }
}

/** Show the page that was asked for, now or when it comes. @param {(view: View, page: Page<Conversation>) => void} show */
export async function takeEarlyPage(show) {
  const user = me.peek()?.id;
  const early = found ?? (await asked);
  found = null;
  if (early && me.peek()?.id === user) show(early.view, early.page);
}

if (language.peek() !== "en") loadWordsScript(language.peek()).catch(() => {});
void resume();
