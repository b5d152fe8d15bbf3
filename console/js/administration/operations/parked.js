/** Updates that could not be handled: why, and what to do with them. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { channelLabel } from "../../server/abilities.js";
import { get, post } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { Action } from "../frame/action.js";
import { ItemRow, showList, useList } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Part, Screen } from "../frame/screen.js";
import { t } from "../words.js";

/** @import { ParkedUpdate } from "../types.d.ts" */

/** @param {{path: string[]}} props */
export function Parked({ path }) {
  const [id] = path;
  return id ? h(ParkedScreen, { key: id, id }) : h(ParkedList, null);
}

function ParkedList() {
  /** @type {import("../frame/list.js").List<ParkedUpdate>} */
  const list = useList("/parked-updates");
  return h(
    Screen,
    { title: t("parked.title"), help: t("parked.help") },
    showList(list, {
      nothing: { title: t("parked.none"), help: t("parked.none_next") },
      show: (update) =>
        h(ItemRow, {
          key: update.id,
          href: addressOf("parked", String(update.id)),
          title: channelLabel(update.channel_id) ?? t("parked.title"),
          text: `${fullTime(update.received_at, language.value)} · ${update.error}`,
        }),
    }),
  );
}

const leave = () => (location.hash = addressOf("parked"));

/** @param {{id: string}} props */
function ParkedScreen({ id }) {
  const path = `/parked-updates/${id}`;
  const loaded = useLoaded(() => /** @type {Promise<ParkedUpdate>} */ (get(path)), [id]);
  return h(
    Screen,
    { title: t("parked.one"), back: addressOf("parked") },
    showLoaded(loaded, (update) => [
      h(
        "p",
        { key: "about" },
        [
          channelLabel(update.channel_id),
          fullTime(update.received_at, language.value),
          t("parked.attempts", { n: update.attempts }),
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      h("p", { key: "error", class: "form-error", dir: "auto" }, update.error),
      h(Action, {
        key: "retry",
        words: t("parked.retry"),
        help: t("parked.retry_help"),
        run: () => post(`${path}/retry`),
        notice: t("parked.retried"),
        done: leave,
      }),
      h(Action, {
        key: "drop",
        words: t("parked.drop"),
        help: t("parked.drop_help"),
        question: {
          title: t("parked.drop_sure"),
          text: t("parked.drop_text"),
        },
        run: () => post(`${path}/drop`),
        notice: t("parked.dropped"),
        done: leave,
      }),
      h(
        Part,
        { key: "payload", title: t("parked.payload"), help: t("parked.payload_help") },
        h("pre", { class: "payload", tabIndex: 0 }, update.payload),
      ),
    ]),
  );
}
