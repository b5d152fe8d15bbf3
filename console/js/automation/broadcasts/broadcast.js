/** One broadcast: who would get it, trying it, starting and stopping it, and what became of it. */

import { h, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { useEvents } from "../../live/listeners.js";
import { get, post } from "../../server/http.js";
import { newKey } from "../../server/keys.js";
import { linkTo } from "../../shell/route.js";
import { fullTime } from "../../text/time.js";
import { Action } from "../../administration/frame/action.js";
import { LAST_DAY } from "../../administration/frame/moments.js";
import { showList, useList } from "../../administration/frame/list.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { nameOf, useChannels } from "../../administration/frame/options.js";
import { STATES } from "./counts.js";

/** @import { Broadcast, BroadcastPreview, Recipient } from "../../administration/types.d.ts" */

/** @param {{id: string}} props */
export function BroadcastScreen({ id }) {
  const loaded = useLoaded(
    () => /** @type {Promise<Broadcast>} */ (get(`/broadcasts/${id}`)),
    [id],
  );
  useEvents(["broadcast.changed"], () => void loaded.reload());
  return h(
    Screen,
    { title: loaded.value?.name ?? t("broadcast.title"), back: addressOf("broadcasts") },
    showLoaded(loaded, (broadcast) => h(Details, { broadcast, onChanged: loaded.set })),
  );
}

/** @typedef {{broadcast: Broadcast, onChanged: (broadcast: Broadcast) => void}} Props */

/** @param {Props} props */
function Details({ broadcast, onChanged }) {
  const { state, text, template, starts_at, started_at, ended_at } = broadcast;
  const isToCome = state === "draft" || state === "scheduled";
  const time = ended_at ?? started_at ?? starts_at;
  return [
    h(
      "p",
      { key: "state" },
      h("strong", null, t(`broadcast_state.${state}`)),
      time ? ` · ${fullTime(time, language.value)}` : "",
      ` · ${broadcast.author_name}`,
    ),
    isToCome
      ? h(Preview, { key: "preview", broadcast })
      : [
          text && h("p", { key: "text", class: "preview", dir: "auto" }, text),
          template &&
            h(
              "p",
              { key: "template", class: "quiet" },
              t("broadcast.with_template", { name: template.name }),
            ),
          h(Progress, { key: "progress", broadcast }),
        ],
    !["done", "canceled"].includes(state) && h(Steps, { key: "steps", broadcast, onChanged }),
    !isToCome && h(Failures, { key: "failures", broadcast }),
  ];
}

/** @param {{broadcast: Broadcast}} props */
function Preview({ broadcast }) {
  const loaded = useLoaded(
    () => /** @type {Promise<BroadcastPreview>} */ (get(`/broadcasts/${broadcast.id}/preview`)),
    [JSON.stringify(broadcast)], // somebody else may change it
  );
  const channels = useChannels();
  return h(
    Part,
    { title: t("broadcast.preview") },
    showLoaded(loaded, ({ people, channels: by, skipped, example_text }) => [
      example_text && h("p", { key: "text", class: "preview", dir: "auto" }, example_text),
      broadcast.template &&
        h(
          "p",
          { key: "template", class: "quiet" },
          t("broadcast.with_template", { name: broadcast.template.name }),
        ),
      h("p", { key: "people", class: "figure" }, t("broadcast.people", { n: people })),
      h(
        "ul",
        { key: "by", class: "plain-list" },
        by.map((each) =>
          h("li", { key: each.channel_id }, `${nameOf(channels, each.channel_id)}: ${each.people}`),
        ),
        Object.entries(skipped)
          .filter(([, number]) => number > 0)
          .map(([reason, number]) =>
            h(
              "li",
              { key: reason, class: "quiet" },
              t("broadcast.skipped", {
                n: number,
                reason: t(`skip.${/** @type {"blocked"} */ (reason)}`),
              }),
            ),
          ),
      ),
    ]),
  );
}

/** @param {{broadcast: Broadcast}} props */
function Progress({ broadcast }) {
  const { counts, is_listed } = broadcast;
  const total = STATES.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
  const open = (counts.waiting ?? 0) + (counts.queued ?? 0);
  return h(
    Part,
    { title: t("broadcast.progress") },
    h("progress", { "aria-label": t("broadcast.progress"), max: total || 1, value: total - open }),
    !is_listed && h("p", { class: "quiet" }, t("broadcast.listing")),
    h(
      "dl",
      { class: "counts" },
      STATES.map((each) =>
        h(
          "div",
          { key: each },
          h("dt", null, t(`recipient.${each}`)),
          h("dd", null, counts[each] ?? 0),
        ),
      ),
    ),
  );
}

/** What can be done now. @param {Props} props */
function Steps({ broadcast, onChanged }) {
  const [at, setAt] = useState("");
  const path = `/broadcasts/${broadcast.id}`;
  /** @param {string} what @param {unknown} [body] */
  const run = (what, body = {}) =>
    post(`${path}/${what}`, body, { key: newKey() }).then((/** @type {Broadcast} */ next) =>
      onChanged(next),
    );
  const { state, name } = broadcast;
  const isToCome = state === "draft" || state === "scheduled";
  return h(
    Part,
    { title: t("broadcast.steps") },
    isToCome && [
      h(
        "div",
        { key: "edit", class: "action" },
        h(
          "a",
          { class: "button", href: addressOf("broadcasts", broadcast.id, "edit") },
          t("broadcast.edit"),
        ),
      ),
      h(Action, {
        key: "test",
        words: t("broadcast.test"),
        help: t("broadcast.test_help"),
        run: () => post(`${path}/test`, {}),
        notice: t("broadcast.tested"),
      }),
      h(
        "div",
        { key: "at", class: "field" },
        h("label", { for: "broadcast-at" }, t("broadcast.at")),
        h("input", {
          id: "broadcast-at",
          type: "datetime-local",
          value: at,
          max: `${LAST_DAY}T23:59`,
          "aria-describedby": "broadcast-at-help",
          onInput: (event) => setAt(event.currentTarget.value),
        }),
        h("p", { id: "broadcast-at-help", class: "quiet small" }, t("broadcast.at_help")),
      ),
      h(Action, {
        key: "start",
        words: at ? t("broadcast.schedule") : t("broadcast.start"),
        question: {
          title: t("broadcast.start_sure"),
          text: t("broadcast.start_text", { name }),
          isHarmless: true,
        },
        run: () => run("start", { at: at ? new Date(at).toISOString() : null }),
      }),
    ],
    state === "running" && h(Action, { words: t("broadcast.pause"), run: () => run("pause") }),
    state === "paused" && h(Action, { words: t("broadcast.resume"), run: () => run("resume") }),
    h(Action, {
      words: t("broadcast.cancel"),
      question: {
        title: t("broadcast.cancel_sure"),
        text: t("broadcast.cancel_text", { name }),
      },
      run: () => run("cancel"),
    }),
  );
}

/** Who did not get it, and why. @param {{broadcast: Broadcast}} props */
function Failures({ broadcast }) {
  const [state, setState] = useState("failed");
  return h(
    Part,
    { title: t("broadcast.recipients") },
    h(
      "select",
      {
        "aria-label": t("broadcast.recipients"),
        value: state,
        onChange: (event) => setState(event.currentTarget.value),
      },
      STATES.map((each) =>
        h("option", { key: each, value: each, selected: each === state }, t(`recipient.${each}`)),
      ),
    ),
    h(Recipients, { key: state, path: `/broadcasts/${broadcast.id}/recipients?state=${state}` }),
  );
}

/** @param {{path: string}} props */
function Recipients({ path }) {
  /** @type {import("../../administration/frame/list.js").List<Recipient>} */
  const list = useList(path);
  useEvents(["broadcast.changed"], list.reload);
  return showList(list, {
    nothing: { title: t("broadcast.nobody"), help: "" },
    show: (each) =>
      h(
        "li",
        { key: each.client_id },
        h(
          "a",
          {
            class: "hit item-row",
            href: linkTo({
              page: "inbox",
              view: "all",
              conversation: each.conversation_id,
              showsClient: false,
            }),
          },
          h(
            "span",
            { class: "row-main" },
            h("bdi", { class: "row-name" }, each.client_name ?? t("broadcast.erased")),
            each.reason && h("span", { class: "row-text", dir: "auto" }, explainReason(each)),
          ),
        ),
      ),
  });
}

/** @param {Recipient} recipient */
const explainReason = ({ state, reason }) =>
  state === "skipped" ? t(`skip.${/** @type {"blocked"} */ (reason)}`) : (reason ?? "");
