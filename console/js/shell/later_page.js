/**
 * Pages with a script of their own, which is loaded when the first screen of the page is shown:
 * `js/NAME/page.js` exports `Page`, and `js/NAME/i18n/LANGUAGE.js` exports `WORDS`. Their addresses
 * stand in the page (api/pages/console/page.py).
 */

import { h, signal, useEffect } from "../vendor/preact.js";
import { addWords, language } from "../i18n/words.js";
import { Problem } from "../server/problem.js";
import { Failure } from "./problems.js";
import { Skeleton } from "./skeleton.js";

/** @import { Component } from "../vendor/preact.js" */
/** @import { LaterPage as PageName } from "./route.js" */

/** @typedef {PageName | "automation"} Name also of a part of a page */

/** @type {import("../vendor/preact.js").Signal<ReadonlyMap<string, Component<any>>>} */
const pages = signal(new Map());
const isMissing = signal(false);
/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/** @param {string} name @returns {Promise<any>} what the script exports */
function loadScript(name) {
  const asked = scripts.get(name) ?? importScript(name);
  scripts.set(name, asked);
  return asked;
}

/** @param {string} name */
async function importScript(name) {
  const named = document.querySelector("meta[name=later-scripts]")?.getAttribute("content");
  const loaded = await import(JSON.parse(named ?? "{}")[name]);
  return loaded.default;
}

/** @param {Name} page @param {"en" | "id"} of a language */
async function load(page, of) {
  try {
    const [script, words] = await Promise.all([loadScript(page), loadScript(`${page}.${of}`)]);
    addWords(of, words.WORDS);
    pages.value = new Map(pages.peek()).set(`${page}.${of}`, script.Page);
  } catch {
    isMissing.value = true;
  }
}

/** What else is given is for the page. @param {{page: Name, name?: string, path?: string[]}} props */
export function LaterPage({ page, ...given }) {
  const of = language.value;
  const shown = pages.value.get(`${page}.${of}`);
  useEffect(() => {
    if (!shown) void load(page, of);
  }, [page, of]);
  if (shown) return h(shown, given);
  // Also after an upgrade: the page that is open names a script that is no longer there.
  const again = { problem: new Problem(0, {}), onRetry: () => location.reload() };
  return h(
    "section",
    { class: "pane" },
    isMissing.value ? h(Failure, again) : h(Skeleton, { lines: 6, kind: "row" }),
  );
}
