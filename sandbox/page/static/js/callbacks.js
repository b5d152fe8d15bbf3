// Presses an inline button and waits for the bot's answer.

import { press, readCallback } from "./api.js";
import { alertBox, complain, toast } from "./notices.js";

const STEP_MS = 150;
const PATIENCE_MS = 15_000;

/** Press a callback button; the answer is shown at the bottom of `place`. */
export async function pressButton(place, message, button, seat) {
  try {
    const how = { from: seat.from, anonymous: seat.anonymous || undefined, data: button.callback_data };
    const { id } = await press(message, seat.bot, how);
    show(place, await answered(id));
  } catch (error) {
    complain(place, error);
  }
}

async function answered(id) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const answer = await readCallback(id);
    if (answer.answered) return answer;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return { text: "The bot did not answer" };
}

function show(place, { text, show_alert: isAlert }) {
  if (text && isAlert) alertBox(text);
  else if (text) toast(place, text);
}
