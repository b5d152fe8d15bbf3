/** How many conversations are picked, and what can be done with them. */

import { h } from "../vendor/preact.js";
import { MOST_PICKED, clearPicked, pick } from "../inbox/picked.js";
import { extraDialog } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";
import { Menu } from "../shell/menu.js";
import { ACTIONS, bulk } from "./bulk_actions.js";
import { t } from "./words.js";

/** @import { Row } from "../inbox/rows.js" */

/** @param {{rows: Row[], all: Row[]}} props */
export function BulkBar({ rows, all }) {
  const items = ACTIONS.map((action) => ({
    text: t(`bulk.${action}`),
    run() {
      bulk.value = { action, rows };
      extraDialog.value = "bulk";
    },
  }));
  return h(
    "div",
    { class: "bulk-bar", role: "group", "aria-label": t("bulk.title") },
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("bulk.clear"),
        onClick: clearPicked,
      },
      h(Icon, { name: "close" }),
    ),
    h("span", { class: "bulk-count", role: "status" }, t("bulk.picked", { n: rows.length })),
    rows.length < Math.min(all.length, MOST_PICKED) &&
      h(
        "button",
        {
          type: "button",
          class: "button",
          onClick: () => pick(all.slice(0, MOST_PICKED).map((row) => row.id)),
        },
        t("bulk.all"),
      ),
    h(Menu, { label: t("bulk.actions"), items }),
  );
}
