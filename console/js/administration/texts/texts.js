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
    showLoaded(loaded, (texts) => {
      const ofLanguage = texts.filter((each) => each.language === shown);
      const [parts, whole] = [true, false].map((isWanted) =>
        ofLanguage
          .filter((each) => isPart(each) === isWanted)
          .map((text) => h(TextRow, { key: text.name, channel, text })),
      );
      return [
        h("ul", { key: "texts" }, whole),
        h(
          "details",
          { key: "parts", class: "text-parts" },
          h("summary", null, t("texts.parts")),
          h("ul", null, parts),
        ),
      ];
    }),
  ];
}

/** Whether a text stands inside others only, such as “on Monday at 9:00”. @param {CustomerText} text */
const isPart = ({ name }) => name.startsWith("when.");

/** @param {{channel: string, text: CustomerText}} props */
function TextRow({ channel, text }) {
  return h(ItemRow, {
    href: addressOf("texts", channel, text.name, text.language),
    title: nameText(text.name),
    text: text.text || t("texts.not_set"),
    marks: text.is_own ? [[t("texts.own"), "good"]] : [],
  });
}
