/** Which screen is shown: the address after `#`, so that the browser's back button works. */

import { computed, signal } from "../vendor/preact.js";
import { VIEWS } from "../inbox/rows.js";

/** @import { View } from "../inbox/rows.js" */

/**
 * @typedef {object} Route
 * @property {"inbox" | "search" | "more"} page
 * @property {View} view
 * @property {string | null} conversation
 * @property {boolean} showsClient on narrow screens, where the client is a sheet
 * @property {string} words of a search
 * @property {string | null} message to show in the thread
 */

const PAGES = new Set(["inbox", "search", "more"]);
const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

export const route = computed(() => parseRoute(hash.value));

/** @param {string} text @returns {Route} */
function parseRoute(text) {
  const [path = "", words = ""] = text.replace(/^#\/?/, "").split("?");
  const asked = new URLSearchParams(words);
  const [page = "", ...parts] = path.split("/");
  const isInbox = page === "inbox" || !PAGES.has(page);
  const ids = isInbox ? parts.slice(1) : parts;
  return {
    page: isInbox ? "inbox" : /** @type {Route["page"]} */ (page),
    view: VIEWS.find((each) => each === parts[0]) ?? "mine",
    conversation: /^[0-9A-Z]{26}$/.test(ids[0] ?? "") ? (ids[0] ?? null) : null,
    showsClient: ids[1] === "client",
    words: asked.get("q") ?? "",
    message: asked.get("m"),
  };
}

/** @param {Partial<Route>} changes @returns {string} */
export function linkTo(changes) {
  const next = { ...route.value, message: null, ...changes };
  const { page, view, conversation, showsClient, words, message } = next;
  const place = page === "inbox" ? `inbox/${view}` : page;
  const rest = conversation ? `/${conversation}${showsClient ? "/client" : ""}` : "";
  const asked = new URLSearchParams();
  if (page === "search" && words) asked.set("q", words);
  if (conversation && message) asked.set("m", message);
  return `#/${place}${rest}${asked.size > 0 ? `?${asked}` : ""}`;
}

/** @param {Partial<Route>} changes @param {{replace?: boolean}} [how] */
export function goTo(changes, { replace = false } = {}) {
  const next = linkTo(changes);
  if (next === location.hash) return;
  if (replace) history.replaceState(null, "", next);
  else location.hash = next;
  hash.value = next;
}
