/** Screens of the administration that have a script of their own: what answers by itself. */

import { h } from "../vendor/preact.js";
import { AiAgents } from "./ai/ai_agents.js";
import { Broadcasts } from "./broadcasts/broadcasts.js";
import { Articles } from "./knowledge/articles.js";
import { Rules } from "./rules/rules.js";
import { Templates } from "./templates/templates.js";

/** @import { Component } from "../vendor/preact.js" */

/** @type {Record<string, Component<{path: string[]}>>} by the names in the address */
const SCREENS = {
  ai: AiAgents,
  knowledge: Articles,
  rules: Rules,
  broadcasts: Broadcasts,
  templates: Templates,
};

/** @param {{name: string, path: string[]}} props */
export function Page({ name, path }) {
  const screen = SCREENS[name];
  return screen ? h(screen, { path }) : null;
}
