/**
 * The frame of every form of the administration. A screen is written like this:
 *
 *     const form = useForm({
 *       initial: { name: agent.name, capacity: agent.capacity },
 *       save: async (values, changes) => {
 *         const saved = await patch(`/agents/${agent.id}`, changes);
 *         return { name: saved.name, capacity: saved.capacity };
 *       },
 *     });
 *     return h(Form, { form },
 *       h(TextField, { form, name: "name", label: t("people.name"), isRequired: true }),
 *       h(NumberField, { form, name: "capacity", label: …, help: …, min: 0, max: 1000 }));
 *
 * - The keys of the values are the names of the API's fields, with dots for nested ones
 *   (`credentials.token`; `nest()` of values.js makes the body of them). So the server's words about a field
 *   stand beside it; words about other fields stand at the head of the form.
 * - `save` gets the values and those that were changed. What it returns is what is saved now, such
 *   as the server's answer. It throws the Problem that the API answered; nothing is lost then.
 * - `isNew`: the form makes something: it is empty, and all of it is sent.
 * - `saved` runs after that, such as `goTo()` the new thing: nothing is unsaved any more.
 * - What became of it stands beside the button; where the form is left, it is a notice.
 * - The server's newer values are taken over while nothing is changed here.
 * - What was changed is there again when the log-in ended, and the same person logs in (`kept.js`).
 * - Leaving with changes asks first (`unsaved.js`). Ctrl+S saves.
 */

import { h, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { toProblem } from "../../server/problem.js";
import { notify } from "../../shell/notices.js";
import { explain } from "../../shell/problems.js";
import { useShortcuts } from "../../shell/shortcuts.js";
import { fieldWords, inputWords } from "../../text/field_errors.js";
import { t } from "../words.js";
import { keepChanges, takeChanges } from "./kept.js";
import { markUnsaved } from "./unsaved.js";
import { covers, findChanges } from "./values.js";

/** @import { Problem } from "../../server/problem.js" */
/** @import { Child } from "../../vendor/preact.js" */
/** @import { Values } from "./values.js" */

/**
 * @template {Values} V
 * @typedef {object} FormState
 * @property {number} id
 * @property {V} values
 * @property {(changes: Partial<V>) => void} change
 * @property {ReadonlyMap<string, string>} errors what is wrong, by the names of values
 * @property {string} problem what is wrong otherwise
 * @property {boolean} isChanged
 * @property {boolean} isNew
 * @property {boolean} isBusy
 * @property {string} said what became of the last press of “Save”, while the form stays
 * @property {number} failures how often it could not be saved
 * @property {() => void} reset
 * @property {(element: HTMLFormElement) => Promise<void>} submit
 */

let last = 0;

/**
 * @template {Values} V
 * @param {object} given
 * @param {V} given.initial
 * @param {(values: V, changes: Partial<V>) => Promise<V | void>} given.save
 * @param {() => void} [given.saved]
 * @param {boolean} [given.isNew]
 * @param {string} [given.notice] what is said when it is saved
 * @returns {FormState<V>}
 */
export function useForm({ initial, save, saved, isNew = false, notice }) {
  const id = useRef(0);
  id.current ||= ++last;
  const [stored, setStored] = useState(initial);
  const [values, setValues] = useState(() => ({ ...initial, ...takeChanges(initial) }));
  const [errors, setErrors] = useState(/** @type {ReadonlyMap<string, string>} */ (new Map()));
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failures, setFailures] = useState(0);
  const [said, setSaid] = useState("");
  const changes = findChanges(stored, values);
  const isChanged = Object.keys(changes).length > 0;

  useLayoutEffect(() => markUnsaved(id.current, isChanged));
  const latest = useRef({ stored, changes });
  latest.current = { stored, changes };
  useLayoutEffect(
    () => () => {
      markUnsaved(id.current, false);
      keepChanges(latest.current.stored, latest.current.changes);
    },
    [],
  );
  const offered = JSON.stringify(initial);
  const seen = useRef(offered);
  // Before the next key is pressed: an effect after painting would overwrite what it writes.
  useLayoutEffect(() => {
    if (offered === seen.current || isChanged) return;
    seen.current = offered;
    setStored(initial);
    setValues(initial);
  }, [offered, isChanged]);

  /** @param {Partial<V>} given */
  function change(given) {
    setValues((before) => ({ ...before, ...given }));
    const names = Object.keys(given);
    setErrors((before) => new Map([...before].filter(([key]) => !names.some(covers(key)))));
    setProblem("");
    setSaid("");
  }

  /** @param {ReadonlyMap<string, string>} found @param {string} words */
  function fail(found, words) {
    setSaid("");
    setErrors(found);
    setProblem(words);
    setFailures((before) => before + 1);
  }

  function reset() {
    setValues(stored);
    setErrors(new Map());
    setProblem("");
  }

  /** @param {HTMLFormElement} element */
  async function submit(element) {
    if (isBusy) return;
    const found = checkInputs(element);
    if (found.size > 0) {
      fail(found, t("form.check"));
      return;
    }
    setErrors(found);
    setProblem("");
    if (!isNew && !isChanged) {
      setSaid(t("form.nothing"));
      return;
    }
    setBusy(true);
    try {
      const next = (await save(values, changes)) ?? values;
      markUnsaved(id.current, false);
      setStored(next);
      // What was typed while it was being saved stays.
      setValues((now) => ({ ...next, ...findChanges(values, now) }));
      // A form that is left, or is made anew, cannot say it beside its button.
      if (saved || isNew) notify(notice ?? t("form.saved"));
      else setSaid(notice ?? t("form.saved"));
      saved?.();
    } catch (error) {
      const sorted = sortErrors(toProblem(error), values);
      fail(sorted.errors, sorted.problem);
    } finally {
      setBusy(false);
    }
  }

  return {
    id: id.current,
    values,
    change,
    errors,
    problem,
    isChanged,
    isNew,
    isBusy,
    said,
    failures,
    reset,
    submit,
  };
}

/** What the browser says of the inputs. @param {HTMLFormElement} element */
function checkInputs(element) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const each of element.elements) {
    const isInput = each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement;
    if (isInput && each.name && !each.checkValidity()) found.set(each.name, inputWords(each));
  }
  return found;
}

/** What is wrong with a value or its parts. @param {FormState<any>} form @param {string} name */
export function errorOf(form, name) {
  const found = [...form.errors].filter(([field]) => covers(field)(name));
  return found.map(([, message]) => message).join(" · ");
}

/**
 * Sort the server's words: those about a value (or a part of it) stand beside it, the rest at the head.
 * @param {Problem} problem @param {Values} values
 */
export function sortErrors(problem, values) {
  const names = Object.keys(values);
  const [placed, rest] = [true, false].map((isPlaced) =>
    problem.errors.filter((each) => names.some(covers(each.field)) === isPlaced),
  );
  const errors = new Map(placed?.map((each) => [each.field, fieldWords(each)]));
  const isSaid = errors.size > 0 && rest?.length === 0;
  return { errors, problem: isSaid ? t("form.check") : explain(problem, rest) };
}

/**
 * @param {object} props
 * @param {FormState<any>} props.form
 * @param {string} [props.action] the words of the button; otherwise “Save”
 * @param {Child} [props.children]
 */
export function Form({ form, action, children }) {
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  useShortcuts({ "Ctrl+s": () => element.current?.requestSubmit() });
  // With the words, not after they are painted: by then somebody may be typing in another field.
  useLayoutEffect(() => {
    if (form.failures === 0) return;
    const wrong = element.current?.querySelector("[aria-invalid=true]");
    if (wrong instanceof HTMLElement) wrong.focus();
    else element.current?.scrollIntoView({ block: "start" });
  }, [form.failures]);
  return h(
    "form",
    {
      class: "admin-form",
      ref: element,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        void form.submit(event.currentTarget);
      },
    },
    form.problem && h("p", { class: "form-error", role: "alert" }, form.problem),
    children,
    h(
      "div",
      { class: "save-bar" },
      h(
        "span",
        { class: "quiet small", role: "status" },
        form.isChanged && !form.isNew ? t("form.unsaved") : form.said,
      ),
      form.isChanged &&
        !form.isNew &&
        h("button", { type: "button", class: "button", onClick: form.reset }, t("form.discard")),
      h(
        "button",
        {
          class: form.isChanged || form.isNew ? "button is-primary" : "button",
          disabled: form.isBusy,
        },
        form.isBusy ? t("form.saving") : (action ?? t("common.save")),
      ),
    ),
  );
}
