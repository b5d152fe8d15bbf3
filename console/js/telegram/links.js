/** Links and files: a page inside Telegram opens no tab and saves no file by itself. */

import { isAtLeast, isMiniApp, tell } from "./bridge.js";

const DOWNLOADS_SINCE = 8;

/** Let the browser or Telegram save a file. @param {string} path @param {string} name */
export function saveFile(path, name) {
  const url = new URL(path, location.href).href;
  if (isMiniApp && isAtLeast(DOWNLOADS_SINCE)) {
    tell("web_app_request_file_download", { url, file_name: name });
  } else if (isMiniApp) {
    tell("web_app_open_link", { url });
  } else {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  }
}

/** Open an address outside of this page. @param {string} url */
export function openOutside(url) {
  if (!isMiniApp) globalThis.open(url, "_blank", "noopener");
  else openInTelegram(new URL(url, location.href));
}

/** @param {URL} url a chat of Telegram's, or a page for the browser */
function openInTelegram(url) {
  if (url.hostname === "t.me")
    tell("web_app_open_tg_link", { path_full: url.pathname + url.search });
  else tell("web_app_open_link", { url: url.href });
}

/** Links that would open a tab are opened by Telegram. */
export function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[target=_blank]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    openInTelegram(new URL(link.href));
  });
}
