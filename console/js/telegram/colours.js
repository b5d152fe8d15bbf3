/** The console's colours out of Telegram's theme; what could not be read is replaced. */

/** @typedef {[number, number, number]} Colour red, green and blue, from 0 to 255 */

const ENOUGH = 4.5;
/** Colours of the style sheet that stand as words on the page's own ground. */
const WORDS = { light: ["#b3261e", "#8a4b00", "#1f7a4d"], dark: ["#ff9a8f", "#ffc07a", "#7cd6a6"] };
const STEPS = 20;

/**
 * Return whether the theme is dark, and the values of the style sheet's colours.
 * Null: it has no colours, or words of ours could not be read on its ground.
 * @param {unknown} theme
 * @returns {{isDark: boolean, values: Record<string, string>} | null}
 */
export function chooseColours(theme) {
  const given = /** @type {Record<string, unknown>} */ (theme ?? {});
  const surface = readColour(given["bg_color"]);
  const ink = readColour(given["text_color"]);
  if (!surface || !ink) return null;
  const ground = readColour(given["secondary_bg_color"]) ?? surface;
  const isDark = luminance(surface) < luminance(ink);
  const grounds = [surface, ground];
  const words = WORDS[isDark ? "dark" : "light"].map((each) => readColour(each) ?? ink);
  if (![ink, ...words].every((each) => isReadable(each, grounds))) return null;
  const soft = nearest(readColour(given["hint_color"]) ?? ink, ink, grounds);
  const wanted = readColour(given["button_color"]) ?? ink;
  const accent = nearest(wanted, ink, [...grounds, mix(wanted, surface, 0.86)]);
  const accentSoft = mix(accent, surface, 0.9);
  if (!isReadable(accent, [accentSoft]) || !isReadable(ink, [accentSoft])) return null;
  return {
    isDark,
    values: {
      "--surface": toHex(surface),
      "--raised": toHex(surface),
      "--ground": toHex(ground),
      "--sunken": toHex(ground),
      "--line": toHex(mix(ink, surface, 0.85)),
      "--ink": toHex(ink),
      "--ink-soft": toHex(soft),
      "--accent": toHex(accent),
      "--accent-ink": toHex(luminance(accent) > 0.18 ? [0, 0, 0] : [255, 255, 255]),
      "--accent-soft": toHex(accentSoft),
    },
  };
}

/** The first colour on the way to `ink` that can be read. @param {Colour} wanted @param {Colour} ink @param {Colour[]} grounds @returns {Colour} */
function nearest(wanted, ink, grounds) {
  for (let step = 0; step < STEPS; step++) {
    const found = mix(wanted, ink, step / STEPS);
    if (isReadable(found, grounds)) return found;
  }
  return ink;
}

/** @param {unknown} text such as #17212b @returns {Colour | null} */
function readColour(text) {
  const [, ...parts] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(String(text)) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map((each) => Number.parseInt(each, 16));
  return parts.length === 3 ? [red, green, blue] : null;
}

/** @param {Colour} colour */
const toHex = (colour) =>
  `#${colour.map((each) => Math.round(each).toString(16).padStart(2, "0")).join("")}`;

/** @param {Colour} from @param {Colour} to @param {number} share of `to` @returns {Colour} */
function mix(from, to, share) {
  const [red, green, blue] = to;
  const [r, g, b] = from;
  return [r + (red - r) * share, g + (green - g) * share, b + (blue - b) * share];
}

/** @param {Colour} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = colour.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {Colour} colour @param {Colour[]} grounds */
function isReadable(colour, grounds) {
  return grounds.every((each) => {
    const [dark = 0, light = 0] = [luminance(colour), luminance(each)].toSorted((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05) >= ENOUGH;
  });
}
