/** Channels: the bots and numbers that customers write to. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { AddLink, addressOf, Screen } from "../frame/screen.js";
import { ItemRow, showList, useList } from "../frame/list.js";
import { t } from "../words.js";
import { ChannelPage } from "./channel.js";
import { Credentials } from "./credentials.js";
import { describe, markLink } from "./kinds.js";
import { LinkPage } from "./link.js";
import { NewChannel } from "./new_channel.js";

/** @import { Channel } from "../types.d.ts" */

/** @typedef {[string, ("warning" | "priority" | "good")?][]} Marks */

/** @param {{path: string[]}} props */
export function Channels({ path }) {
  const [id, part] = path;
  if (id === "new") return h(NewChannel, { kind: part });
  if (id && part === "link") return h(LinkPage, { key: id, id });
  if (id && part === "credentials") return h(Credentials, { key: id, id });
  if (id) return h(ChannelPage, { key: id, id });
  return h(ChannelList, null);
}

function ChannelList() {
  /** @type {import("../frame/list.js").List<Channel>} */
  const list = useList("/channels");
  useEvents(["channel.changed", "channel.link"], list.reload);
  return h(
    Screen,
    {
      title: t("channels.title"),
      help: t("channels.help"),
      action: h(AddLink, { href: addressOf("channels", "new"), words: t("channels.add") }),
    },
    showList(list, {
      nothing: { title: t("channels.none"), help: t("channels.none_next") },
      show: (channel) =>
        h(ItemRow, {
          key: channel.id,
          href: addressOf("channels", channel.id),
          title: channel.name,
          text: describe(channel),
          marks: listMarks(channel),
        }),
    }),
  );
}

/** @param {Channel} channel @returns {Marks} */
function listMarks({ is_active, last_check: checks, is_staff_bot, link_status: link }) {
  if (!is_active) return [[t("channels.off"), "priority"]];
  /** @type {Marks} */
  const marks = is_staff_bot ? [[t("channels.staff_bot")]] : [];
  if (link) marks.push(markLink(link));
  if (checks.some((each) => each.mark === "bad")) marks.push([t("channels.bad"), "priority"]);
  return marks;
}
