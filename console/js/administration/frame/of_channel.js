/** A screen about one channel, such as its texts: with a choice where there are several. */

import { h } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { goTo } from "../../shell/route.js";
import { describe } from "../channels/kinds.js";
import { t } from "../words.js";
import { showLoaded, useLoaded } from "./loading.js";
import { addressOf, Screen } from "./screen.js";

/** @import { Child } from "../../vendor/preact.js" */
/** @import { Channel } from "../types.d.ts" */

/**
 * @param {object} props
 * @param {string} props.screen its name in the address, before the channel's id
 * @param {string | undefined} props.id the chosen channel; without one the first
 * @param {string} props.title @param {string} props.help
 * @param {(channel: Channel) => boolean} [props.isMeant] otherwise all but the staff's own bot
 * @param {(channel: Channel) => Child} props.show
 */
export function OfChannel({ screen, id, title, help, isMeant = hasCustomers, show }) {
  const loaded = useLoaded(async () => {
    /** @type {Channel[]} */
    const found = await getAll("/channels");
    return found.filter(isMeant);
  }, []);
  return h(
    Screen,
    { title, help },
    showLoaded(loaded, (channels) => {
      const chosen = channels.find((each) => each.id === id) ?? channels.at(-1);
      if (!chosen) {
        return h(
          "div",
          { class: "empty" },
          h("p", { class: "empty-title" }, t("channels.none")),
          h("a", { class: "button", href: addressOf("channels", "new") }, t("channels.add")),
        );
      }
      return [
        channels.length > 1 &&
          h(
            "label",
            { key: "choice", class: "field" },
            h("span", null, t("channels.channel")),
            h(
              "select",
              {
                value: chosen.id,
                onChange: ({ currentTarget: { value } }) =>
                  goTo({ page: "administration", path: [screen, value] }, { replace: true }),
              },
              channels.map((each) =>
                h(
                  "option",
                  { key: each.id, value: each.id, selected: each.id === chosen.id },
                  `${each.name} (${describe(each)})`,
                ),
              ),
            ),
          ),
        show(chosen),
      ];
    }),
  );
}

/** @param {Channel} channel */
const hasCustomers = (channel) => !channel.is_staff_bot;
