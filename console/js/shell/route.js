/** Which screen is shown: the address after `#`, so that the browser's back button works. */

import { computed, signal } from "../vendor/preact.js";
import { NO_FILTER, VIEWS } from "../inbox/rows.js";
import { readAddress } from "../telegram/bridge.js";

/** @import { Filter, View } from "../inbox/rows.js" */

/** @typedef {"administration" | "reports"} LaterPage pages of the second script */

/**
 * @typedef {object} Route
 * @property {"inbox" | "search" | "clients" | "more" | LaterPage} page
 * @property {View} view
 * @property {Filter} filter of the inbox
 * @property {string | null} conversation
 * @property {boolean} showsClient on narrow screens, where the client is a sheet
 * @property {string | null} client whose page is shown
 * @property {boolean} showsTimeline of that client, instead of the details
 * @property {string} words of a search
 * @property {string | null} message to show in the thread
 * @property {string[]} path what follows the name of a page of the second script
 * @property {string} query what follows the `?` of such a page
 */

/** @type {ReadonlySet<string>} */
const LATER = new Set(["administration", "reports"]);
const PAGES = new Set(["inbox", "search", "clients", "more", ...LATER]);
const hash = signal(readAddress());
addEventListener("hashchange", () => void follow());

/** @type {(() => Promise<boolean>) | null} */
let mayLeave = null;
let isAsking = false;

/**
 * Ask this before another screen is shown; false: stay. Returns how to stop asking.
 * @param {() => Promise<boolean>} question
 */
export function guardRoute(question) {
  mayLeave = question;
  return () => {
    if (mayLeave === question) mayLeave = null;
  };
}

/** Show what the address says. */
async function follow() {
  if (isAsking || location.hash === hash.peek()) return;
  isAsking = true;
  const isLeaving = mayLeave === null || (await mayLeave());
  isAsking = false;
  if (isLeaving) hash.value = location.hash;
  else location.hash = hash.peek();
}

/** @param {string} page @returns {page is LaterPage} */
export const isLater = (page) => LATER.has(page);

export const route = computed(() => parseRoute(hash.value));

/** @param {string} text @returns {Route} */
function parseRoute(text) {
  const [path = "", words = ""] = text.replace(/^#\/?/, "").split("?");
  const asked = new URLSearchParams(words);
  const [page = "", ...parts] = path.split("/");
  const isInbox = page === "inbox" || !PAGES.has(page);
  const ids = isInbox ? parts.slice(1) : [];
  return {
    page: isInbox ? "inbox" : /** @type {Route["page"]} */ (page),
    view: VIEWS.find((each) => each === parts[0]) ?? "mine",
    filter: isInbox ? readFilter(asked) : NO_FILTER,
    conversation: readId(ids[0]),
    showsClient: ids[1] === "client",
    client: page === "clients" ? readId(parts[0]) : null,
    showsTimeline: page === "clients" && parts[1] === "messages",
    words: asked.get("q") ?? "",
    message: asked.get("m"),
    path: isLater(page) ? parts.filter((each) => /^[\w.-]+$/.test(each)) : [],
    query: isLater(page) ? words : "",
  };
}

/** @param {string | null | undefined} text */
const readId = (text) => (/^[0-9A-Z]{26}$/.test(text ?? "") ? (text ?? null) : null);

/** @param {URLSearchParams} asked @returns {Filter} */
const readFilter = (asked) => ({
  channel: readId(asked.get("channel")),
  agent: readId(asked.get("agent")),
  tag: readId(asked.get("tag")),
});

/** Where the way back leads; null: nowhere. @param {Route} shown @returns {Partial<Route> | null} */
export function parentOf({ page, conversation, showsClient, client, showsTimeline, path }) {
  if (page === "inbox" && conversation && showsClient) return { showsClient: false };
  if (page === "inbox") return conversation ? { conversation: null } : null;
  if (page === "clients" && showsTimeline) return { showsTimeline: false };
  if (page === "clients" && client) return { client: null };
  if (isLater(page) && path.length > 0) return { path: path.slice(0, -1) };
  return { page: "inbox", conversation: null };
}

/** @param {Partial<Route>} changes @returns {string} */
export function linkTo(changes) {
  const next = { ...route.value, message: null, ...changes };
  const { page, view, filter, conversation, showsClient, client, showsTimeline } = next;
  const { words, message, path } = next;
  const place = page === "inbox" ? `inbox/${view}` : page;
  const asked = new URLSearchParams();
  let rest = "";
  if (page === "inbox")
    for (const [name, id] of Object.entries(filter)) if (id) asked.set(name, id);
  if (page === "inbox" && conversation) {
    rest = `/${conversation}${showsClient ? "/client" : ""}`;
    if (message) asked.set("m", message);
  }
  if (page === "clients" && client) rest = `/${client}${showsTimeline ? "/messages" : ""}`;
  if (isLater(page)) rest = path.map((each) => `/${each}`).join("");
  if (page !== "inbox" && words) asked.set("q", words);
  return `#/${place}${rest}${asked.size > 0 ? `?${asked}` : ""}`;
}

/** @param {Partial<Route>} changes @param {{replace?: boolean}} [how] */
export function goTo(changes, { replace = false } = {}) {
  const next = linkTo(changes);
  if (next === location.hash) return;
  if (replace) history.replaceState(null, "", next);
  else location.hash = next;
  if (mayLeave === null) hash.value = next;
  else void follow();
}
