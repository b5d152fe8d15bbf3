/** What staff writes down about a customer: a note, and fields of its own. */

import { h, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { Editable } from "../client/editable.js";
import { language } from "../i18n/words.js";
import { Icon } from "../shell/icons.js";
import { fullTime } from "../text/time.js";
import { t } from "./words.js";

/** @import { Client, ClientField } from "../../types.d.ts" */

/** As the server has them (desk/clients/profile.py). */
const MAX_NOTE = 2000;
const MAX_FIELDS = 20;
const MAX_FIELD_NAME = 40;
const MAX_FIELD_VALUE = 500;

/** @typedef {(changes: {note?: string | null, fields?: ClientField[]}) => Promise<boolean>} Change */

/** @param {{client: Client, onChange: Change}} props */
export function ClientNotes({ client, onChange }) {
  return h(
    "div",
    { class: "client-notes" },
    h(Note, { note: client.note, onSave: (note) => onChange({ note }) }),
    h(Fields, { fields: client.fields, onSave: (fields) => onChange({ fields }) }),
  );
}

/** @param {{note: Client["note"], onSave: (note: string | null) => Promise<boolean>}} props */
function Note({ note, onSave }) {
  const known = note?.text ?? "";
  const [text, setText] = useState(known);
  /** The note that stood there when this agent began to change it. */
  const begun = useRef(known);
  const isChanged = text.trim() !== known;
  useEffect(() => {
    // What is being written stays when a colleague saves the note meanwhile.
    if (text === begun.current) setText(known);
    if (text === begun.current || text.trim() === known) begun.current = known;
  }, [known]);
  const isOvertaken = isChanged && begun.current !== known;
  return h(
    "form",
    {
      class: "editable is-tall",
      onSubmit: async (event) => {
        event.preventDefault();
        if (isChanged && (await onSave(text.trim() || null))) begun.current = text.trim();
      },
    },
    h(
      "label",
      { class: "field" },
      h("span", null, t("notes.note")),
      h("textarea", {
        rows: Math.min(8, Math.max(2, text.split("\n").length)),
        value: text,
        maxLength: MAX_NOTE,
        dir: "auto",
        placeholder: t("notes.hint"),
        onInput: (event) => setText(event.currentTarget.value),
      }),
    ),
    note !== null &&
      h(
        "p",
        { class: "quiet small" },
        h("bdi", null, note.by),
        ` · ${fullTime(note.at, language.value)}`,
      ),
    isOvertaken &&
      h(
        "p",
        { class: "small is-bad", role: "status" },
        t(note ? "notes.overtaken" : "notes.removed"),
        note && h("bdi", { class: "note-of-other" }, note.text),
      ),
    isChanged && h("button", { class: "button is-primary" }, t("common.save")),
  );
}

/** @param {{fields: ClientField[], onSave: (fields: ClientField[]) => Promise<boolean>}} props */
function Fields({ fields, onSave }) {
  const [isAdding, setAdding] = useState(false);
  return [
    fields.map((field, i) =>
      h(
        "div",
        { key: `${i} ${field.name}`, class: "own-field" },
        h(Editable, {
          label: field.name,
          value: field.value,
          isRequired: true,
          maxLength: MAX_FIELD_VALUE,
          onSave: (value) => onSave(fields.with(i, { ...field, value })),
        }),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": t("notes.remove", { name: field.name }),
            onClick: () => void onSave(fields.toSpliced(i, 1)),
          },
          h(Icon, { name: "close", size: 18 }),
        ),
      ),
    ),
    isAdding
      ? h(NewField, {
          onCancel: () => setAdding(false),
          onSave: async (field) => {
            if (await onSave([...fields, field])) setAdding(false);
          },
        })
      : fields.length < MAX_FIELDS &&
        h(
          "button",
          { type: "button", class: "button is-wide", onClick: () => setAdding(true) },
          t("notes.add"),
        ),
  ];
}

/** @param {{onSave: (field: ClientField) => Promise<void>, onCancel: () => void}} props */
function NewField({ onSave, onCancel }) {
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => first.current?.focus(), []);
  return h(
    "form",
    {
      class: "new-field",
      onKeyDown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      },
      onSubmit: (/** @type {SubmitEvent & {currentTarget: HTMLFormElement}} */ event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        const [name, value] = ["name", "value"].map((each) => String(given.get(each)).trim());
        if (name && value) void onSave({ name, value });
      },
    },
    h(
      "label",
      { class: "field" },
      h("span", null, t("notes.field_name")),
      h("input", {
        ref: first,
        name: "name",
        required: true,
        maxLength: MAX_FIELD_NAME,
        autocomplete: "off",
        dir: "auto",
        placeholder: t("notes.field_hint"),
      }),
    ),
    h(
      "label",
      { class: "field" },
      h("span", null, t("notes.field_value")),
      h("input", {
        name: "value",
        required: true,
        maxLength: MAX_FIELD_VALUE,
        autocomplete: "off",
        dir: "auto",
      }),
    ),
    h(
      "div",
      { class: "new-field-end" },
      h("button", { class: "button is-primary" }, t("common.save")),
      h("button", { type: "button", class: "button", onClick: onCancel }, t("common.cancel")),
    ),
  );
}
