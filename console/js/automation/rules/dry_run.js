/** What the rules of a channel would do with a message. Nothing is sent. */

import { h, useState } from "../../vendor/preact.js";
import { post } from "../../server/http.js";
import { attempt } from "../../shell/notices.js";
import { addressOf, Part } from "../../administration/frame/screen.js";
import { t } from "../words.js";

/** @import { RuleTrial } from "../../administration/types.d.ts" */
/** @import { Named } from "../../administration/frame/options.js" */

/** @param {{channels: Named[]}} props */
export function DryRun({ channels }) {
  const [chosen, setChosen] = useState("");
  const [text, setText] = useState("");
  const [isFirst, setFirst] = useState(false);
  const [trials, setTrials] = useState(/** @type {RuleTrial[] | null} */ (null));
  const channel = chosen || channels[0]?.id;
  if (!channel) return null;

  /** @param {SubmitEvent} event */
  async function run(event) {
    event.preventDefault();
    if (!text.trim()) return;
    await attempt(async () => {
      const body = { channel_id: channel, text, is_first: isFirst };
      /** @type {{rules: RuleTrial[]}} */
      const found = await post("/auto-reply-rules/test", body);
      setTrials(found.rules);
    });
  }

  return h(
    Part,
    { title: t("trial.title"), help: t("trial.help") },
    h(
      "form",
      { class: "form", onSubmit: (event) => void run(event) },
      channels.length > 1 &&
        h(
          "label",
          { class: "field" },
          h("span", null, t("rule.channel")),
          h(
            "select",
            { value: channel, onChange: (event) => setChosen(event.currentTarget.value) },
            channels.map(({ id, name }) =>
              h("option", { key: id, value: id, selected: id === channel }, name),
            ),
          ),
        ),
      h(
        "label",
        { class: "field" },
        h("span", null, t("trial.text")),
        h("textarea", {
          value: text,
          rows: 2,
          maxLength: 4000,
          dir: "auto",
          onInput: (event) => setText(event.currentTarget.value),
        }),
      ),
      h(
        "label",
        { class: "toggle" },
        h("input", {
          type: "checkbox",
          checked: isFirst,
          onChange: (event) => setFirst(event.currentTarget.checked),
        }),
        h("span", null, t("trial.is_first")),
      ),
      h("button", { class: "button" }, t("trial.run")),
    ),
    h("div", { "aria-live": "polite" }, trials && h(Outcomes, { trials })),
  );
}

/** @param {{trials: RuleTrial[]}} props */
function Outcomes({ trials }) {
  if (trials.length === 0) return h("p", { class: "quiet" }, t("trial.no_rules"));
  return h(
    "ul",
    { class: "plain-list", "aria-label": t("trial.title") },
    trials.map((each) =>
      h(
        "li",
        { key: each.rule_id },
        h("a", { href: addressOf("rules", each.rule_id) }, h("bdi", null, each.name)),
        h(
          "span",
          { class: each.outcome === "answers" ? "mark is-good" : "quiet small" },
          t(`outcome.${each.outcome}`),
        ),
        each.seconds
          ? h("span", { class: "quiet small" }, t("trial.after", { n: each.seconds }))
          : null,
        each.text && h("p", { class: "preview", dir: "auto" }, each.text),
        each.file && h("bdi", { class: "quiet small" }, each.file),
        each.buttons.length > 0 && h("span", { class: "quiet small" }, each.buttons.join(" · ")),
      ),
    ),
  );
}
