/** Files that wait to be sent: chosen, dropped or pasted. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { setUnsaved } from "../browser/unload.js";
import { language, t } from "../i18n/words.js";
import { Icon } from "../shell/icons.js";
import { notify } from "../shell/notices.js";
import { fileSize } from "../text/time.js";

/** @import { Mode } from "./drafts.js" */

const MAX_BYTES = 50 * 1024 * 1024;

/** By conversation: another thread may be shown meanwhile. @type {Map<string, Record<Mode, File[]>>} */
const attached = new Map();

/**
 * The files of this mode: what was attached to a note never becomes an answer.
 * @param {string} conversation @param {Mode} mode
 */
export function useFiles(conversation, mode) {
  const [byMode, setByMode] = useState(
    () =>
      attached.get(conversation) ?? /** @type {Record<Mode, File[]>} */ ({ reply: [], note: [] }),
  );
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    attached.set(conversation, byMode);
    setUnsaved(`files-${conversation}`, byMode.reply.length + byMode.note.length > 0);
  }, [byMode]);

  /** @param {(before: File[]) => File[]} change */
  const setFiles = (change) => setByMode((before) => ({ ...before, [mode]: change(before[mode]) }));

  /** @param {File[]} given */
  function addFiles(given) {
    for (const each of given.filter(({ size }) => size > MAX_BYTES)) {
      notify(t("file.too_large", { name: each.name }), true);
    }
    setFiles((before) => [...before, ...given.filter(({ size }) => size <= MAX_BYTES)]);
  }
  return {
    files: byMode[mode],
    addFiles,
    isOver,
    /** @param {File} file */
    removeFile: (file) => setFiles((before) => before.filter((each) => each !== file)),
    clearFiles: () => setFiles(() => []),
    dropHandlers: {
      /** @param {DragEvent} event */
      onDragOver: (event) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      /** @param {DragEvent} event */
      onDrop: (event) => {
        event.preventDefault();
        setOver(false);
        addFiles([...(event.dataTransfer?.files ?? [])]);
      },
    },
  };
}

/** @param {{files: File[], onRemove: (file: File) => void}} props */
export function FileList({ files, onRemove }) {
  if (files.length === 0) return null;
  return h(
    "ul",
    { class: "chips" },
    files.map((file, i) =>
      h(
        "li",
        { key: `${i}-${file.name}`, class: "chip" },
        h(Icon, { name: "file", size: 16 }),
        h("bdi", { class: "chip-name" }, file.name),
        h("span", { class: "quiet small" }, fileSize(file.size, language.value)),
        h(
          "button",
          {
            type: "button",
            class: "chip-button",
            "aria-label": t("file.remove", { name: file.name }),
            onClick: () => onRemove(file),
          },
          h(Icon, { name: "close", size: 16 }),
        ),
      ),
    ),
  );
}

/** @param {{onFiles: (files: File[]) => void}} props */
export function AttachButton({ onFiles }) {
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  return [
    h("input", {
      ref: picker,
      key: "picker",
      type: "file",
      multiple: true,
      hidden: true,
      onChange: (event) => {
        onFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
      },
    }),
    h(
      "button",
      {
        key: "button",
        type: "button",
        class: "icon-button",
        "aria-label": t("composer.attach"),
        onClick: () => picker.current?.click(),
      },
      h(Icon, { name: "attach" }),
    ),
  ];
}
