/** What customers read: every text of a channel, in both languages. */

import { h, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { get } from "../../server/http.js";
import { ItemRow } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { OfChannel } from "../frame/of_channel.js";
import { addressOf } from "../frame/screen.js";
import { t } from "../words.js";
import { LANGUAGES } from "./languages.js";
import { nameText } from "./names.js";
import { TextPage } from "./text_page.js";

/** @import { CustomerText } from "../types.d.ts" */

/** @param {{path: string[]}} props */
export function Texts({ path }) {
  const [channel, text, chosen] = path;
  if (channel && text) {
    return h(TextPage, {
      key: `${text} ${chosen}`,
      channel,
      name: text,
      language: chosen === "en" ? "en" : "id",
    });
  }
  return h(OfChannel, {
    screen: "texts",
    id: channel,
    title: t("texts.title"),
    help: t("texts.help"),
    show: ({ id }) => h(TextList, { key: id, channel: id }),
  });
}

/** @param {{channel: string}} props */
function TextList({ channel }) {
  const [shown, setShown] = useState(language.value);
  const loaded = useLoaded(async () => {
    /** @type {{items: CustomerText[]}} */
    const found = await get(`/channels/${channel}/texts`);
    return found.items;
  }, [channel]);
  return [
    h(
      "div",
      { key: "languages", class: "views", role: "group", "aria-label": t("more.language") },
      Object.entries(LANGUAGES).map(([each, name]) =>
        h(
          "button",
          {
            key: each,
            type: "button",
            class: "view",
            "aria-pressed": String(each === shown),
            onClick: () => setShown(each === "en" ? "en" : "id"),
          },
          name,
        ),
      ),
    ),
    showLoaded(loaded, (texts) =>
      h(
        "ul",
        { key: "texts" },
        texts
          .filter((each) => each.language === shown)
          .map((each) =>
            h(ItemRow, {
              key: each.name,
              href: addressOf("texts", channel, each.name, each.language),
              title: nameText(each.name),
              text: each.text || t("texts.not_set"),
              marks: each.is_own ? [[t("texts.own"), "good"]] : [],
            }),
          ),
      ),
    ),
  ];
}
