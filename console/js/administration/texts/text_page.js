/** One text: what is sent now, with its variables, and as a customer would read it. */

import { h, useRef } from "../../vendor/preact.js";
import { get, post, put, query, remove } from "../../server/http.js";
import { Action } from "../frame/action.js";
import { TextArea } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { LANGUAGES } from "./languages.js";
import { nameText } from "./names.js";
import { LivePreview } from "../frame/live_preview.js";
import { Variables } from "../frame/variables.js";

/** @import { CustomerText } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */

/** @param {{channel: string, name: string, language: "en" | "id"}} props */
export function TextPage({ channel, name, language }) {
  const loaded = useLoaded(async () => {
    /** @type {{items: CustomerText[]}} */
    const found = await get(`/channels/${channel}/texts?language=${language}`);
    const text = found.items.find((each) => each.name === name);
    return text ?? Promise.reject(new Error(t("texts.unknown")));
  }, [channel, name, language]);
  return h(
    Screen,
    {
      title: `${nameText(name)} · ${LANGUAGES[language]}`,
      back: addressOf("texts", channel),
    },
    showLoaded(loaded, (text) => h(TextForm, { channel, text, loaded })),
  );
}

/** @param {{channel: string, text: CustomerText, loaded: Loaded<CustomerText>}} props */
function TextForm({ channel, text, loaded }) {
  const { name, language } = text;
  const form = useForm({
    initial: { text: text.text },
    save: async (values) => {
      loaded.set(await put(`/channels/${channel}/texts`, { name, language, ...values }));
      return values;
    },
  });
  const area = useRef(/** @type {HTMLElement | null} */ (null));
  return [
    h(
      Form,
      { key: "form", form },
      text.entities && text.entities.length > 0 && h("p", { class: "hint" }, t("texts.formatted")),
      h(
        "div",
        { ref: area },
        h(TextArea, {
          form,
          name: "text",
          label: t("texts.wording"),
          help: t("texts.length", { n: text.max_length }),
          isRequired: true,
          rows: 6,
        }),
      ),
      h(Variables, { form, name: "text", variables: text.variables, area }),
      h(LivePreview, {
        wording: form.values.text,
        load: (wording) =>
          post(`/channels/${channel}/texts/preview`, { name, language, text: wording }),
      }),
    ),
    text.is_own &&
      h(Action, {
        key: "reset",
        words: t("texts.reset"),
        help: text.default_text
          ? t("texts.reset_help", { text: text.default_text })
          : t("texts.reset_nothing"),
        question: {
          text: t("texts.reset_text"),
        },
        run: () => remove(`/channels/${channel}/texts${query({ name, language })}`),
        notice: t("texts.is_reset"),
        done: () => void loaded.reload(),
      }),
  ];
}
