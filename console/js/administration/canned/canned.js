/** Canned replies: texts that agents send by a shortcut. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { AddLink, addressOf, Screen } from "../frame/screen.js";
import { ItemRow, ListSearch, showList, useList } from "../frame/list.js";
import { t } from "../words.js";
import { CannedPage } from "./canned_page.js";

/** @import { CannedReply } from "../../../types.d.ts" */

/** @param {{path: string[]}} props */
export function Canned({ path }) {
  const [id] = path;
  return id ? h(CannedPage, { key: id, id: id === "new" ? null : id }) : h(CannedList, null);
}

function CannedList() {
  /** @type {import("../frame/list.js").List<CannedReply>} */
  const list = useList("/canned-replies");
  useEvents(["canned_reply.changed"], list.reload);
  return h(
    Screen,
    {
      title: t("canned.title_all"),
      help: t("canned.help"),
      action: h(AddLink, { href: addressOf("canned", "new"), words: t("canned.add") }),
    },
    h(ListSearch, { list, label: t("canned.search") }),
    showList(list, {
      nothing: { title: t("canned.none"), help: t("canned.none_next") },
      show: (reply) =>
        h(ItemRow, {
          key: reply.id,
          href: addressOf("canned", reply.id),
          title: `/${reply.shortcut} · ${reply.title}`,
          text: reply.text,
          marks: reply.language ? [[reply.language]] : [],
        }),
    }),
  );
}
