// The keyboard a bot shows in place of the phone's own (ReplyKeyboardMarkup).

import { el } from "./dom.js";

export class ReplyKeyboard {
  #used = 0;

  constructor(talk) {
    this.talk = talk;
    this.element = el("div", { class: "reply-keyboard", "aria-label": "The bot's keyboard", role: "group", hidden: true });
  }

  /** Show the keyboard of the bot's newest message that brought or removed one. */
  draw(messages) {
    const source = messages.findLast((message) => message.reply_markup?.keyboard || message.reply_markup?.remove_keyboard);
    const markup = source?.reply_markup;
    this.element.hidden = !markup?.keyboard || (markup.one_time_keyboard && this.#used === source.message_id);
    if (this.element.hidden) return this.element.replaceChildren();
    const rows = markup.keyboard.map((row) => el("div", { class: "button-row" }, row.map((button) => this.#button(button, source))));
    return this.element.replaceChildren(...rows);
  }

  #button(button, source) {
    const text = typeof button === "string" ? button : button.text;
    const run = () => {
      this.#used = source.message_id;
      if (button.request_contact) this.talk.shareContact();
      else if (button.request_location) this.talk.shareLocation();
      else this.talk.command(text);
    };
    return el("button", { type: "button", class: "key", text, on: { click: run } });
  }
}
