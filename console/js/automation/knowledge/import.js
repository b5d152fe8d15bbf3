/** Import articles from a file, and see how far that is. */

import { h, useEffect, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { get, post, query } from "../../server/http.js";
import { Choice, Field } from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { listLanguages } from "../languages.js";
import { Lines } from "../lines.js";

/** @import { Job } from "../../administration/types.d.ts" */

const TYPES = ".md,.txt,.html,.htm,.pdf,.csv";
const PAUSE_MS = 1000;

export function ImportScreen() {
  const [job, setJob] = useState(/** @type {Job | null} */ (null));
  const form = useForm({
    isNew: true,
    initial: {
      file: /** @type {File | null} */ (null),
      language: /** @type {string} */ (language.value),
      tags: /** @type {string[]} */ ([]),
    },
    notice: t("import.begun"),
    save: async ({ file, tags, ...rest }) => {
      const body = new FormData();
      if (file) body.append("file", file, file.name);
      const asked = query(rest) + tags.map((each) => `&tags=${encodeURIComponent(each)}`).join("");
      setJob(await post(`/knowledge/imports${asked}`, body));
    },
  });
  return h(
    Screen,
    { title: t("import.title"), back: addressOf("knowledge"), help: t("import.help") },
    job
      ? h(Progress, { job, onJob: setJob })
      : h(
          Form,
          { form, action: t("import.begin") },
          h(FileField, { form }),
          h(Choice, {
            form,
            name: "language",
            label: t("article.language"),
            help: t("import.language_help"),
            options: listLanguages(),
          }),
          h(Lines, {
            form,
            name: "tags",
            label: t("article.tags"),
            help: t("article.tags_help"),
            rows: 2,
          }),
        ),
  );
}

/** @param {{form: import("../../administration/frame/form.js").FormState<any>}} props */
function FileField({ form }) {
  return h(Field, {
    form,
    name: "file",
    label: t("import.file"),
    help: t("import.file_help"),
    show: (attributes) =>
      h("input", {
        ...attributes,
        type: "file",
        accept: TYPES,
        required: true,
        onChange: (event) => form.change({ file: event.currentTarget.files?.[0] ?? null }),
      }),
  });
}

/** @param {{job: Job, onJob: (job: Job | null) => void}} props */
function Progress({ job, onJob }) {
  const isOver = job.state === "done" || job.state === "failed";
  const { done = 0, total = 0 } = job.result ?? {};
  useEffect(() => {
    if (isOver) return undefined;
    const timer = setTimeout(() => {
      get(`/jobs/${job.id}`).then(onJob, () => onJob({ ...job }));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [job]);
  return h(
    "div",
    { class: "card entry", role: "status" },
    job.state === "failed"
      ? h("p", { class: "form-error" }, t("import.failed", { reason: job.error ?? "" }))
      : h(
          "p",
          null,
          job.state === "done"
            ? t("import.done", { n: done })
            : t("import.running", { done, total }),
        ),
    !isOver &&
      h("progress", {
        "aria-label": t("import.title"),
        max: total || 1,
        value: total ? done : undefined,
      }),
    isOver &&
      h(
        "div",
        { class: "buttons is-left" },
        h(
          "button",
          { type: "button", class: "button", onClick: () => onJob(null) },
          t("import.another"),
        ),
        h("a", { class: "button is-primary", href: addressOf("knowledge") }, t("import.show")),
      ),
  );
}
