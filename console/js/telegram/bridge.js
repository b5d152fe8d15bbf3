/**
 * The page's side of Telegram's web events. Telegram's own script would be code of another origin.
 * A client shows the page in a web view, which it gives a proxy, or in a frame of its page.
 */

/** @typedef {(data: any) => void} Listener */

/** The same page, opened by Telegram. */
export const isMiniApp = location.pathname === "/telegram";

/** Where what Telegram gave survives a reload, because the address does not. */
const KEPT = "osmodesk.telegram";
const NOTHING = { data: "", version: "6.0", theme: "{}" };
/** @type {Map<string, Set<Listener>>} */
const listeners = new Map();

/** What Telegram opened the page with: signed data about the user, and the client's version. */
export const launch = isMiniApp ? readLaunch() : NOTHING;

function readLaunch() {
  const given = new URLSearchParams(location.hash.slice(1));
  const data = given.get("tgWebAppData");
  if (!data) return { ...NOTHING, ...recall() };
  const found = {
    data,
    version: given.get("tgWebAppVersion") ?? NOTHING.version,
    theme: given.get("tgWebAppThemeParams") ?? NOTHING.theme,
  };
  const wanted = new URLSearchParams(location.search).get("open") ?? readStartParam(data);
  // Whoever sees the address must not see the data.
  history.replaceState(
    null,
    "",
    `${location.pathname}#/inbox/${wanted ? `all/${wanted}` : "mine"}`,
  );
  keep(found);
  return found;
}

/** The conversation of a link `t.me/BOT/APP?startapp=s_ID`. @param {string} data */
function readStartParam(data) {
  const given = new URLSearchParams(data).get("start_param") ?? "";
  return /^s_([0-9A-Z]{26})$/.exec(given)?.[1] ?? null;
}

/** The part of the address that is the page's own: Telegram's was taken away above. */
export const readAddress = () => location.hash;

/** @returns {Partial<typeof NOTHING>} */
function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {typeof NOTHING} found */
function keep(found) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(found));
  } catch {
    // A client without storage opens the page anew instead of reloading it.
  }
}

/** Whether the client knows what came with this version of the Bot API. @param {number} version */
export const isAtLeast = (version) => Number.parseFloat(launch.version) >= version;

/** Tell Telegram something. @param {string} type @param {Record<string, unknown>} [data] */
export function tell(type, data = {}) {
  if (!isMiniApp) return;
  const proxy = /** @type {any} */ (globalThis).TelegramWebviewProxy;
  if (proxy) proxy.postEvent(type, JSON.stringify(data));
  // Only the pages that the policy of this page names can show it in a frame.
  else if (parent !== globalThis.window)
    parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
}

/** @param {string} type @param {Listener} listener */
export function listen(type, listener) {
  listeners.set(type, (listeners.get(type) ?? new Set()).add(listener));
}

/** @param {string} type @param {unknown} data */
function receive(type, data) {
  for (const each of listeners.get(type) ?? []) each(data ?? {});
}

/** @param {MessageEvent} event */
function receiveMessage({ source, data }) {
  if (source !== parent || typeof data !== "string") return;
  try {
    const { eventType, eventData } = JSON.parse(data);
    receive(String(eventType), eventData);
  } catch {
    // It is no event of Telegram's.
  }
}

if (isMiniApp) {
  addEventListener("message", receiveMessage);
  // Web views call one of these names, each client its own.
  const view = { receiveEvent: receive };
  Object.assign(globalThis, {
    Telegram: { WebView: view },
    TelegramGameProxy: view,
    TelegramGameProxy_receiveEvent: receive,
  });
}
