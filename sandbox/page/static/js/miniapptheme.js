// The colours that Telegram's client gives a Mini App.

const DAY = {
  bg_color: "#ffffff",
  secondary_bg_color: "#f4f4f5",
  text_color: "#000000",
  hint_color: "#707579",
  link_color: "#3390ec",
  button_color: "#3390ec",
  button_text_color: "#ffffff",
};
const NIGHT = {
  bg_color: "#212121",
  secondary_bg_color: "#0f0f0f",
  text_color: "#ffffff",
  hint_color: "#aaaaaa",
  link_color: "#8774e1",
  button_color: "#8774e1",
  button_text_color: "#ffffff",
};

/** Return the colours of the day or of the night, as the system is set. */
export const themeParams = () => (matchMedia("(prefers-color-scheme: dark)").matches ? NIGHT : DAY);
