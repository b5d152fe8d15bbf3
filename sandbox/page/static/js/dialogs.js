// Asks for the name of a new customer or a new member of staff.

import { el } from "./dom.js";
import { complain } from "./notices.js";

const NAMES = [
  "Anna Keller",
  "Bilal Haddad",
  "Chen Wei",
  "Dina Okafor",
  "Elif Demir",
  "Farid Aziz",
  "Greta Lind",
  "Hugo Ramos",
  "Ines Costa",
  "Jonas Berg",
];

const field = (label, name, props = {}) =>
  el(
    "label",
    { class: "field" },
    el("span", { text: label }),
    el("input", { name, autocomplete: "off", maxlength: "64", ...props }),
  );

/**
 * Ask for a person who is not in `known`; `onDone(user)` adds them, and its error is shown.
 * With several `channels` ({value, label}) it also asks for the channel.
 */
export function askPerson(title, known, onDone, channels = []) {
  const taken = new Set(known.map((user) => user.first_name.split(" ")[0]));
  const [first, last] = (NAMES.find((name) => !taken.has(name.split(" ")[0])) ?? NAMES[0]).split(" ");
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { text: title }),
    ...(channels.length > 1 ? [choice(channels)] : []),
    field("First name", "first_name", { value: first, required: true }),
    field("Last name", "last_name", { value: last }),
    ...telegramFields(),
    ...(channels.length > 1 ? [phone()] : []),
    el(
      "div",
      { class: "dialog-foot" },
      el("button", { type: "button", class: "quiet", text: "Cancel", on: { click: () => dialog.close() } }),
      el("button", { type: "submit", class: "primary", text: "Add" }),
    ),
  );
  const dialog = el("dialog", { class: "dialog", "aria-label": title }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const filled = [...new FormData(form)].filter(([, value]) => value.trim());
    try {
      await onDone(Object.fromEntries(filled));
      dialog.close();
    } catch (error) {
      complain(dialog, error);
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  form.elements.first_name.select();
}

const telegramFields = () => [
  field("Username", "username", { placeholder: "optional", pattern: "[A-Za-z0-9_]{3,32}" }),
  field("Language", "language_code", { value: "en", maxlength: "8" }),
];

function phone() {
  const asked = field("Phone", "phone", { placeholder: "made up if left empty", pattern: "\\+?[0-9 ]{6,20}" });
  asked.hidden = true;
  return asked;
}

// For WhatsApp, the phone replaces Telegram's fields.
function choice(channels) {
  const select = el(
    "select",
    { name: "channel" },
    channels.map(({ value, label }) => el("option", { value, text: label })),
  );
  select.addEventListener("change", () => {
    const { username, language_code: language, phone: number } = select.form.elements;
    const isTelegram = select.value === "telegram";
    for (const input of [username, language]) input.closest(".field").hidden = !isTelegram;
    number.closest(".field").hidden = isTelegram;
  });
  return el("label", { class: "field" }, el("span", { text: "Writes on" }), select);
}

/** Ask for confirmation of an action that cannot be undone. */
export function confirmBox(text, label, onYes) {
  const yes = el("button", {
    type: "button",
    class: "primary danger",
    text: label,
    on: { click: () => (dialog.close(), onYes()) },
  });
  const no = el("button", {
    type: "button",
    class: "quiet",
    text: "Cancel",
    on: { click: () => dialog.close() },
  });
  const dialog = el(
    "dialog",
    { class: "dialog alert", role: "alertdialog" },
    el("p", { text }),
    el("div", { class: "dialog-foot" }, no, yes),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
