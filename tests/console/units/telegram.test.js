import { chooseColours } from "../../../console/js/telegram/colours.js";
import { expectEqual } from "./expect.js";

/** @param {string} hex */
function luminance(hex) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const DAY = {
  bg_color: "#ffffff",
  secondary_bg_color: "#efeff4",
  text_color: "#000000",
  hint_color: "#999999",
  button_color: "#2481cc",
};

Deno.test("Telegram's day and night are taken over, as light and dark", () => {
  const night = { bg_color: "#17212b", secondary_bg_color: "#232e3c", text_color: "#f5f5f5" };
  const found = [DAY, night].map(chooseColours);
  expectEqual(
    found.map((each) => [each?.isDark, each?.values["--surface"], each?.values["--ink"]]),
    [
      [false, "#ffffff", "#000000"],
      [true, "#17212b", "#f5f5f5"],
    ],
  );
});

Deno.test("every pair of the page can be read, whatever the theme is", () => {
  let seed = 7;
  const byte = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (seed >> 16) & 255;
  };
  const colour = () =>
    `#${[byte(), byte(), byte()].map((n) => n.toString(16).padStart(2, "0")).join("")}`;
  let taken = 0;
  for (let i = 0; i < 3000; i++) {
    const isDark = i % 2 === 0;
    const theme = {
      bg_color: isDark ? "#1c1c1d" : "#fdfdfd",
      secondary_bg_color: i % 3 === 0 ? colour() : isDark ? "#000000" : "#efeff3",
      text_color: i % 5 === 0 ? colour() : isDark ? "#ffffff" : "#000000",
      hint_color: colour(),
      button_color: colour(),
    };
    const found = chooseColours(theme);
    if (!found) continue;
    taken++;
    const of = (/** @type {string} */ name) => found.values[name] ?? "";
    const pairs = [
      ["--ink", "--surface"],
      ["--ink", "--ground"],
      ["--ink-soft", "--surface"],
      ["--ink-soft", "--ground"],
      ["--accent", "--surface"],
      ["--accent", "--ground"],
      ["--accent", "--accent-soft"],
      ["--accent-ink", "--accent"],
    ];
    const poor = pairs.filter(([one = "", other = ""]) => contrast(of(one), of(other)) < 4.45);
    expectEqual(poor, [], JSON.stringify(theme));
  }
  expectEqual(taken > 1000, true, `${taken} themes were taken`);
});

Deno.test("what is no theme is not taken", () => {
  const wrong = [null, {}, { bg_color: "red", text_color: "#000000" }, { bg_color: "#ffffff" }];
  const grey = { bg_color: "#808080", text_color: "#000000" };
  expectEqual([...wrong, grey].map(chooseColours), [null, null, null, null, null]);
});
