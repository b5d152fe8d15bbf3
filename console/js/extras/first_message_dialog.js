/** Write to a phone number that has not written: a text, or a template where the channel needs one. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { channelLabel, listFirstChannels } from "../server/abilities.js";
import { get, post, query } from "../server/http.js";
import { newKey } from "../server/keys.js";
import { toProblem } from "../server/problem.js";
import { Dialog } from "../shell/dialog.js";
import { explain } from "../shell/problems.js";
import { goTo } from "../shell/route.js";
import { t } from "./words.js";

/** @import { Template } from "../../types.d.ts" */

/** @param {{onClose: () => void}} props */
export function FirstMessageDialog({ onClose }) {
  const channels = listFirstChannels();
  const [channel, setChannel] = useState(channels[0]);
  const [templates, setTemplates] = useState(/** @type {Template[] | null} */ (null));
  const [template, setTemplate] = useState(/** @type {Template | null} */ (null));
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  // The same key for each try, so that a lost answer does not send it twice.
  const [key, setKey] = useState(() => newKey());
  const needsTemplate = channel !== undefined && channel.reply_window_hours !== null;

  useEffect(() => {
    setTemplates(null);
    setTemplate(null);
    if (!channel || !needsTemplate) return;
    get(`/channels/${channel.id}/templates${query({ status: "APPROVED", limit: 100 })}`).then(
      (/** @type {any} */ page) => setTemplates(page.items),
      (problem) => setError(explain(toProblem(problem))),
    );
  }, [channel?.id]);

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function submit(event) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const words = (/** @type {string} */ name) => String(given.get(name) ?? "").trim();
    const variables = (template?.variables ?? [])
      .map((each) => ({ key: each, value: words(`variable.${each}`) }))
      .filter(({ value }) => value);
    const content = needsTemplate
      ? { template: { template_id: template?.id, variables } }
      : { text: words("text") };
    setBusy(true);
    setError("");
    try {
      /** @type {{conversation_id: string}} */
      const sent = await post(
        "/first-messages",
        { channel_id: channel?.id, phone: words("phone"), name: words("name") || null, ...content },
        { key },
      );
      onClose();
      goTo({ page: "inbox", view: "mine", conversation: sent.conversation_id, showsClient: false });
    } catch (problem) {
      setError(explain(toProblem(problem)));
      setBusy(false);
    }
  }

  return h(
    Dialog,
    { title: t("first.title"), onClose, kind: "sheet" },
    h(
      "form",
      { class: "form", onSubmit: submit, onInput: () => setKey(newKey()) },
      h(
        "label",
        { class: "field" },
        h("span", null, t("first.channel")),
        h(
          "select",
          {
            onChange: (event) =>
              setChannel(channels.find(({ id }) => id === event.currentTarget.value)),
          },
          channels.map(({ id }) => h("option", { key: id, value: id }, channelLabel(id))),
        ),
      ),
      h(Input, { name: "phone", type: "tel", label: t("first.phone"), isRequired: true }),
      h(Input, { name: "name", type: "text", label: t("first.name"), isRequired: false }),
      needsTemplate
        ? h(
            "label",
            { class: "field" },
            h("span", null, t("first.template")),
            h(
              "select",
              {
                required: true,
                onChange: (event) =>
                  setTemplate(
                    templates?.find(({ id }) => id === event.currentTarget.value) ?? null,
                  ),
              },
              h("option", { value: "" }, t("template.choose")),
              templates?.map((each) =>
                h("option", { key: each.id, value: each.id }, `${each.name} (${each.language})`),
              ),
            ),
            h("span", { class: "quiet small" }, t("first.template_help")),
          )
        : h(
            "label",
            { class: "field" },
            h("span", null, t("first.text")),
            h("textarea", { name: "text", rows: 3, required: true, maxLength: 4096 }),
          ),
      template?.variables.map((each) =>
        h(Input, {
          key: each,
          name: `variable.${each}`,
          type: "text",
          label: t("template.value", { name: each }),
          isRequired: false,
        }),
      ),
      template && h("p", { class: "preview", dir: "auto" }, template.text),
      error && h("p", { class: "form-error", role: "alert" }, error),
      h("button", { class: "button is-primary is-wide", disabled: isBusy }, t("first.send")),
    ),
  );
}

/** @param {{name: string, type: string, label: string, isRequired: boolean}} props */
function Input({ name, type, label, isRequired }) {
  return h(
    "label",
    { class: "field" },
    h("span", null, label),
    h("input", { name, type, required: isRequired, autocomplete: "off", dir: "auto" }),
  );
}
