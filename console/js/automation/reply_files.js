/** Files that rules, AI agents and broadcasts send: chosen from those of the desk, or uploaded. */

import { h, useState } from "../vendor/preact.js";
import { post } from "../server/http.js";
import { attempt } from "../shell/notices.js";
import { Choice } from "../administration/frame/fields.js";
import { t } from "./words.js";
import { toNamedOptions, useOptions } from "../administration/frame/options.js";

/** @import { FormState } from "../administration/frame/form.js" */
/** @import { ReplyFile } from "../administration/types.d.ts" */

/** The desk's files as options, and how to add one. */
export function useReplyFiles() {
  /** @type {ReturnType<typeof useOptions<ReplyFile>>} */
  const files = useOptions("/reply-files");
  return {
    ...files,
    options: toNamedOptions(files.items.map(({ id, name }) => ({ id, name: name ?? id }))),
  };
}

/** @typedef {ReturnType<typeof useReplyFiles>} ReplyFiles */

/**
 * Choose a file, or none.
 * @param {{form: FormState<any>, name: string, label: string, help?: string, files: ReplyFiles}} props
 */
export function ReplyFileField({ files, ...field }) {
  return [
    h(Choice, { key: "choice", ...field, options: [[null, t("files.none")], ...files.options] }),
    h(FileUpload, {
      key: "upload",
      files,
      onAdded: (id) => field.form.change({ [field.name]: id }),
    }),
  ];
}

/** @param {{files: ReplyFiles, words?: string, accept?: string, onAdded: (id: string) => void}} props */
export function FileUpload({ files, words, accept, onAdded }) {
  const [isBusy, setBusy] = useState(false);
  /** @param {File | undefined} file */
  async function upload(file) {
    if (!file) return;
    setBusy(true);
    await attempt(async () => {
      const form = new FormData();
      form.append("file", file, file.name);
      /** @type {ReplyFile} */
      const added = await post("/reply-files", form);
      files.add(added);
      onAdded(added.id);
    });
    setBusy(false);
  }
  return h(
    "label",
    { class: "button file-button" },
    isBusy ? t("files.uploading") : (words ?? t("files.upload")),
    h("input", {
      type: "file",
      accept,
      disabled: isBusy,
      onChange: (event) => {
        void upload(event.currentTarget.files?.[0]);
        event.currentTarget.value = "";
      },
    }),
  );
}
