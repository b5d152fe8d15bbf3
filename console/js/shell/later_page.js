/**
 * Pages with a script of their own, which is loaded when the first screen of the page is shown:
 * `js/NAME/page.js` exports `Page`, and `js/NAME/i18n/LANGUAGE.js` exports `WORDS`. Their addresses
 * stand in the page (api/pages/console/page.py).
 */

import { h, signal, useEffect, useState } from "../vendor/preact.js";
import { addWords, language } from "../i18n/words.js";
import { Problem } from "../server/problem.js";
import { Failure } from "./problems.js";
import { loadScript, loadWordsScript } from "./scripts.js";
import { Skeleton } from "./skeleton.js";

/** @import { Component } from "../vendor/preact.js" */
/** @import { LaterPage as PageName } from "./route.js" */

/** @typedef {PageName | "automation"} Name also of a part of a page */

/** @type {import("../vendor/preact.js").Signal<ReadonlyMap<string, Component<any>>>} */
const pages = signal(new Map());

/** @param {string} name @param {"en" | "id"} of a language */
async function load(name, of) {
  const [script, words] = await Promise.all([loadScript(name), loadScript(`${name}.${of}`)]);
  addWords(of, words.WORDS);
  pages.value = new Map(pages.peek()).set(`${name}.${of}`, script.Page);
}

/** Load the page's own words in a language; until they are there, they are English. @param {"en" | "id"} of */
export async function loadWords(of) {
  if (of === "en") return;
  addWords(of, (await loadWordsScript(of)).WORDS);
}

/** Load a script while nothing else is to do, so that it is there when it is wanted. @param {string} name */
export function loadWhenIdle(name) {
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  idle(() => void load(name, language.peek()).catch(() => {}));
}

/**
 * Return what a script shows, or null until it is there.
 * @param {string} script @param {() => void} onMissing also after an upgrade: the page that is open
 * names a script that is no longer there
 */
export function useLater(script, onMissing) {
  const of = language.value;
  const shown = pages.value.get(`${script}.${of}`) ?? null;
  useEffect(() => {
    if (shown === null) load(script, of).catch(onMissing);
  }, [script, of]);
  return shown;
}

/** @param {{script: string, props?: Record<string, unknown>}} given */
export function Later({ script, props = {} }) {
  const [isMissing, setMissing] = useState(false);
  const shown = useLater(script, () => setMissing(true));
  if (shown) return h(shown, props);
  const again = { problem: new Problem(0, {}), onRetry: () => location.reload() };
  return isMissing ? h(Failure, again) : h(Skeleton, { lines: 6, kind: "row" });
}

/** What else is given is for the page. @param {{page: Name, name?: string, path?: string[]}} given */
export function LaterPage({ page, ...props }) {
  const isShown = pages.value.has(`${page}.${language.value}`);
  const content = h(Later, { script: page, props });
  return isShown ? content : h("section", { class: "pane" }, content);
}
