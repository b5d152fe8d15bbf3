/** Save what the API sends as a file. */

import { isMiniApp } from "../telegram/bridge.js";
import { saveFile } from "../telegram/links.js";
import { post, send } from "./http.js";

const KEPT_MS = 60_000;

/**
 * In a browser the page gets it, so that a problem has words. Telegram saves only what has an address.
 * @param {string} path @param {string} name if the server gives none
 */
export async function download(path, name) {
  if (isMiniApp) {
    /** @type {{url: string}} */
    const link = await post("/download-links", { path });
    saveFile(link.url, name);
    return;
  }
  const response = await send("GET", path);
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  const content = URL.createObjectURL(await response.blob());
  saveFile(content, named?.[1] ?? name);
  setTimeout(() => URL.revokeObjectURL(content), KEPT_MS);
}
