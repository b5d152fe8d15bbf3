/** Broadcasts: a list, one of them, a new one. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { ItemRow, showList, useList } from "../../administration/frame/list.js";
import { AddLink, addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { BroadcastScreen } from "./broadcast.js";
import { countsInWords } from "./counts.js";
import { EditBroadcast } from "./edit_broadcast.js";
import { NewBroadcast } from "./new_broadcast.js";

/** @import { Broadcast } from "../../administration/types.d.ts" */

/** @param {{path: string[]}} props */
export function Broadcasts({ path }) {
  const [id, part] = path;
  if (id === "new") return h(NewBroadcast, null);
  if (id && part === "edit") return h(EditBroadcast, { key: id, id });
  return id ? h(BroadcastScreen, { key: id, id }) : h(BroadcastList, null);
}

function BroadcastList() {
  /** @type {import("../../administration/frame/list.js").List<Broadcast>} */
  const list = useList("/broadcasts");
  useEvents(["broadcast.changed"], list.reload);
  return h(
    Screen,
    {
      title: t("broadcast.title"),
      help: t("broadcast.help"),
      action: h(AddLink, { href: addressOf("broadcasts", "new"), words: t("list.add") }),
    },
    showList(list, {
      nothing: { title: t("broadcast.none"), help: t("broadcast.none_next") },
      show: (each) =>
        h(ItemRow, {
          key: each.id,
          href: addressOf("broadcasts", each.id),
          title: each.name,
          text: countsInWords(each.counts),
          marks: [
            [t(`broadcast_state.${each.state}`), each.state === "running" ? "good" : undefined],
          ],
        }),
    }),
  );
}
