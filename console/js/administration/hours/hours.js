/** The opening hours of a channel: customers are told them, and targets for answers follow them. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { get, put, remove } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { Action } from "../frame/action.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { OfChannel } from "../frame/of_channel.js";
import { addressOf } from "../frame/screen.js";
import { t } from "../words.js";
import { HoursForm } from "./hours_form.js";

/** @import { ChannelHours } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */

/** @param {{path: string[]}} props */
export function Hours({ path }) {
  return h(OfChannel, {
    screen: "hours",
    id: path[0],
    title: t("hours.title"),
    help: t("hours.help"),
    show: ({ id }) => h(HoursOfChannel, { key: id, id }),
  });
}

/** @param {{id: string}} props */
function HoursOfChannel({ id }) {
  /** @type {Loaded<ChannelHours>} */
  const loaded = useLoaded(() => get(`/channels/${id}/hours`), [id]);
  return showLoaded(loaded, (found) => [
    h("p", { key: "now", class: "hint", role: "status" }, describeNow(found)),
    h(HoursForm, {
      key: found.hours ? "form" : "new",
      hours: found.hours,
      help: t("hours.local"),
      save: async (hours) => loaded.set(await put(`/channels/${id}/hours`, hours)),
    }),
    found.hours &&
      h(Action, {
        key: "remove",
        words: t("hours.remove_all"),
        question: {
          text: t("hours.remove_text"),
        },
        run: () => remove(`/channels/${id}/hours`),
        notice: t("form.saved"),
        done: () => void loaded.reload(),
      }),
    h(
      "p",
      { key: "people", class: "quiet small" },
      t("hours.people"),
      " ",
      h("a", { href: addressOf("people") }, t("people.title")),
    ),
  ]);
}

/** @param {ChannelHours} found */
function describeNow({ hours, is_open: isOpen, opens_at: opens, closes_at: closes }) {
  if (!hours) return t("hours.always");
  const at = isOpen ? closes : opens;
  const words = t(isOpen ? "hours.is_open" : "hours.is_closed");
  if (!at) return words;
  const time = fullTime(at, language.value);
  return `${words} · ${t(isOpen ? "hours.until" : "hours.again", { time })}`;
}
