/** Choose a template, fill in what the desk does not know, see the text, send it. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { t } from "../extras/words.js";
import { get, post, query } from "../server/http.js";
import { newKey } from "../server/keys.js";
import { toProblem } from "../server/problem.js";
import { Dialog } from "../shell/dialog.js";
import { focusFirst } from "../shell/page_focus.js";
import { Failure, explain } from "../shell/problems.js";
import { Skeleton } from "../shell/skeleton.js";
import { takeAnswer } from "../thread/store.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Message, Page, SessionDetail, Template } from "../../types.d.ts" */

/** @param {{session: SessionDetail, onClose: () => void, onSent: () => void}} props */
export function TemplatePicker({ session, onClose, onSent }) {
  const [templates, setTemplates] = useState(/** @type {Template[] | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [chosen, setChosen] = useState(/** @type {Template | null} */ (null));

  const load = () =>
    get(
      `/channels/${session.channel.id}/templates${query({ status: "APPROVED", limit: 100 })}`,
    ).then(
      (/** @type {any} */ page) => setTemplates(/** @type {Page<Template>} */ (page).items),
      (error) => setProblem(toProblem(error)),
    );
  useEffect(() => void load(), []);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => focusFirst(list.current, "button"), [templates, chosen === null]);

  return h(
    Dialog,
    { title: chosen?.name ?? t("template.choose"), onClose, kind: "sheet" },
    problem && h(Failure, { problem, onRetry: () => (setProblem(null), void load()) }),
    !templates && !problem && h(Skeleton, { lines: 4, kind: "line" }),
    templates?.length === 0 && h("p", { class: "quiet" }, t("template.none")),
    chosen === null
      ? h(
          "div",
          { class: "choices", ref: list },
          templates?.map((each) =>
            h(
              "button",
              {
                key: each.id,
                type: "button",
                class: "choice is-tall",
                onClick: () => setChosen(each),
              },
              h(
                "span",
                { class: "choice-name" },
                each.name,
                " ",
                h("span", { class: "quiet small" }, each.language),
              ),
              h("span", { class: "quiet small", dir: "auto" }, each.text),
            ),
          ),
        )
      : h(TemplateForm, {
          session,
          template: chosen,
          onBack: () => setChosen(null),
          onSent: () => {
            onSent();
            onClose();
          },
        }),
  );
}

/** @param {{session: SessionDetail, template: Template, onBack: () => void, onSent: () => void}} props */
function TemplateForm({ session, template, onBack, onSent }) {
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({}));
  const [text, setText] = useState("");
  /** The variables that the desk does not know, in the order in which it said so. */
  const [asked, setAsked] = useState(/** @type {string[] | null} */ (null));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [error, setError] = useState("");
  // The same key for each try, so that a lost answer does not send it twice.
  const [key, setKey] = useState(() => newKey());

  const body = (/** @type {boolean} */ preview) => ({
    template_id: template.id,
    variables: Object.entries(values)
      .filter(([, value]) => value.trim())
      .map(([name, value]) => ({ key: name, value: value.trim() })),
    preview,
  });

  /** @param {boolean} preview */
  async function call(preview) {
    setError("");
    try {
      /** @type {Promise<{text: string, message: Message | null}>} */
      const answer = post(
        `/sessions/${session.id}/templates`,
        body(preview),
        preview ? {} : { key },
      );
      await takeAnswer(answer.then(({ message }) => message));
      const { text: words, message } = await answer;
      setAsked((before) => before ?? []);
      setText(words);
      if (message) onSent();
    } catch (found) {
      const problem = toProblem(found);
      const fields = problem.errors
        .map(({ field }) => /^variables\.(.+)$/.exec(field)?.[1] ?? "")
        .filter(Boolean);
      if (fields.length > 0) setAsked((before) => [...new Set([...(before ?? []), ...fields])]);
      else setError(explain(problem));
    }
  }
  useEffect(() => void call(true), []);
  useEffect(() => {
    if (asked !== null) focusFirst(form.current, "input, .is-primary");
  }, [asked === null]);

  return h(
    "form",
    {
      class: "form",
      ref: form,
      onSubmit: (event) => {
        event.preventDefault();
        void call(false);
      },
    },
    asked?.map((name) =>
      h(
        "label",
        { key: name, class: "field" },
        h("span", null, t("template.value", { name })),
        h("input", {
          required: true,
          value: values[name] ?? "",
          onInput: (event) => {
            setValues({ ...values, [name]: event.currentTarget.value });
            setKey(newKey());
          },
          onBlur: () => void call(true),
        }),
      ),
    ),
    h("p", { class: "preview", dir: "auto", "aria-live": "polite" }, text || template.text),
    error && h("p", { class: "form-error", role: "alert" }, error),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "button", onClick: onBack }, t("common.back")),
      h("button", { class: "button is-primary" }, t("template.send")),
    ),
  );
}
