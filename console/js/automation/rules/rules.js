/** Rules that answer by themselves: a list, one of them, a new one, and what they would do. */

import { h } from "../../vendor/preact.js";
import { ItemRow, showList, useList } from "../../administration/frame/list.js";
import { AddLink, addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { nameOf, useChannels } from "../../administration/frame/options.js";
import { DryRun } from "./dry_run.js";
import { NewRule, RuleScreen } from "./rule.js";

/** @import { AutoReplyRule } from "../../administration/types.d.ts" */

/** @param {{path: string[]}} props */
export function Rules({ path }) {
  const [id] = path;
  if (id === "new") return h(NewRule, null);
  return id ? h(RuleScreen, { key: id, id }) : h(RuleList, null);
}

function RuleList() {
  /** @type {import("../../administration/frame/list.js").List<AutoReplyRule>} */
  const list = useList("/auto-reply-rules");
  const channels = useChannels();
  return h(
    Screen,
    {
      title: t("rule.title"),
      help: t("rule.help"),
      action: h(AddLink, { href: addressOf("rules", "new"), words: t("list.add") }),
    },
    showList(list, {
      nothing: { title: t("rule.none"), help: t("rule.none_next") },
      show: (rule) =>
        h(ItemRow, {
          key: rule.id,
          href: addressOf("rules", rule.id),
          title: rule.name,
          text: [t(`match.${rule.match_kind}`), nameOf(channels, rule.channel_id)]
            .filter(Boolean)
            .join(" · "),
          marks: rule.is_active ? [] : [[t("rule.off"), "warning"]],
        }),
    }),
    h(DryRun, { channels: channels }),
  );
}
