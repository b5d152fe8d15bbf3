/** The screens of the administration, in the order of the list. A new one gets a line here. */

import { h } from "../vendor/preact.js";
import { LaterPage } from "../shell/later_page.js";
import { Audit } from "./operations/audit.js";
import { Canned } from "./canned/canned.js";
import { Channels } from "./channels/channels.js";
import { Groups } from "./groups/groups.js";
import { Hours } from "./hours/hours.js";
import { Installation } from "./installation/installation.js";
import { Parked } from "./operations/parked.js";
import { People } from "./people/people.js";
import { Tags } from "./tags/tags.js";
import { Texts } from "./texts/texts.js";
import { Webhooks } from "./operations/webhooks.js";

/** @import { Component } from "../vendor/preact.js" */
/** @import { IconName } from "../shell/icons.js" */
/** @import { Key } from "./words.js" */

/**
 * @typedef {object} ScreenEntry
 * @property {string} name in the address: `#/administration/NAME`
 * @property {IconName} icon
 * @property {Key} title
 * @property {Key} help
 * @property {Component<{path: string[]}>} show gets what follows the name in the address
 */

/** A screen of the script that is loaded beside this one. @param {string} name @returns {ScreenEntry["show"]} */
const automated =
  (name) =>
  ({ path }) =>
    h(LaterPage, { page: "automation", name, path });

/** @type {{title: Key, screens: ScreenEntry[]}[]} */
export const GROUPS = [
  {
    title: "group.team",
    screens: [
      { name: "people", icon: "person", title: "people.title", help: "people.short", show: People },
      { name: "groups", icon: "team", title: "groups.title", help: "groups.short", show: Groups },
      {
        name: "canned",
        icon: "reply",
        title: "canned.title_all",
        help: "canned.short",
        show: Canned,
      },
      { name: "tags", icon: "tag", title: "tags.title", help: "tags.short", show: Tags },
    ],
  },
  {
    title: "group.channels",
    screens: [
      {
        name: "channels",
        icon: "inbox",
        title: "channels.title",
        help: "channels.short",
        show: Channels,
      },
      { name: "texts", icon: "note", title: "texts.title", help: "texts.short", show: Texts },
      { name: "hours", icon: "clock", title: "hours.title", help: "hours.short", show: Hours },
    ],
  },
  {
    title: "group.automation",
    screens: [
      { name: "ai", icon: "spark", title: "ai.title", help: "ai.short", show: automated("ai") },
      {
        name: "knowledge",
        icon: "book",
        title: "article.title",
        help: "article.short",
        show: automated("knowledge"),
      },
      {
        name: "rules",
        icon: "reply",
        title: "rule.title",
        help: "rule.short",
        show: automated("rules"),
      },
      {
        name: "broadcasts",
        icon: "send",
        title: "broadcast.title",
        help: "broadcast.short",
        show: automated("broadcasts"),
      },
      {
        name: "templates",
        icon: "template",
        title: "templates.title",
        help: "templates.short",
        show: automated("templates"),
      },
    ],
  },
  {
    title: "group.desk",
    screens: [
      {
        name: "webhooks",
        icon: "transfer",
        title: "webhook.title",
        help: "webhook.short",
        show: Webhooks,
      },
      { name: "audit", icon: "clock", title: "audit.title", help: "audit.short", show: Audit },
      { name: "parked", icon: "alert", title: "parked.title", help: "parked.short", show: Parked },
      {
        name: "installation",
        icon: "settings",
        title: "installation.title",
        help: "installation.short",
        show: Installation,
      },
    ],
  },
];
