import { WORDS as ADMINISTRATION_EN } from "../../../console/js/administration/i18n/en.js";
import { WORDS as ADMINISTRATION_ID } from "../../../console/js/administration/i18n/id.js";
import { WORDS as AUTOMATION_EN } from "../../../console/js/automation/i18n/en.js";
import { WORDS as AUTOMATION_ID } from "../../../console/js/automation/i18n/id.js";
import { WORDS as EMOJI_EN } from "../../../console/js/emoji/i18n/en.js";
import { WORDS as EMOJI_ID } from "../../../console/js/emoji/i18n/id.js";
import { WORDS as EXTRAS_EN } from "../../../console/js/extras/i18n/en.js";
import { WORDS as EXTRAS_ID } from "../../../console/js/extras/i18n/id.js";
import { EN } from "../../../console/js/i18n/en.js";
import { WORDS as ID } from "../../../console/js/i18n/id.js";
import { fill } from "../../../console/js/i18n/fill.js";
import { WORDS as REPORTS_EN } from "../../../console/js/reports/i18n/en.js";
import { WORDS as REPORTS_ID } from "../../../console/js/reports/i18n/id.js";
import { fieldWords } from "../../../console/js/text/field_errors.js";
import { initials } from "../../../console/js/text/names.js";
import { safeUrl, splitText } from "../../../console/js/text/rich_text.js";
import {
  clockTime,
  fileSize,
  listTime,
  measure,
  windowState,
} from "../../../console/js/text/time.js";
import { expectEqual } from "./expect.js";

/** @param {string} text */
const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted();

/** @type {Record<string, string>[][]} */
const DICTIONARIES = [
  [EN, ID],
  [ADMINISTRATION_EN, ADMINISTRATION_ID],
  [AUTOMATION_EN, AUTOMATION_ID],
  [REPORTS_EN, REPORTS_ID],
  [EXTRAS_EN, EXTRAS_ID],
  [EMOJI_EN, EMOJI_ID],
];

Deno.test("both languages have the same keys and the same placeholders", () => {
  for (const [english = {}, indonesian = {}] of DICTIONARIES) {
    expectEqual(Object.keys(indonesian).toSorted(), Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(english)) {
      const other = indonesian[key] ?? "";
      expectEqual(placeholders(other), placeholders(text), key);
      if (!text.trim() || !other.trim()) throw new Error(`${key} is empty`);
    }
  }
  const keys = DICTIONARIES.flatMap(([english = {}]) => Object.keys(english));
  const doubled = keys.filter((each, i) => keys.indexOf(each) !== i);
  expectEqual(doubled, [], "keys that two dictionaries have");
});

Deno.test("texts are filled in, in the singular where there is one", () => {
  expectEqual(fill("{n} message|{n} messages", { n: 1 }), "1 message");
  expectEqual(fill("{n} message|{n} messages", { n: 0 }), "0 messages");
  expectEqual(fill("{n} pesan", { n: 5 }), "5 pesan");
  expectEqual(fill("{who} <b>", { who: "{n}" }), "{n} <b>");
});

Deno.test("a text is cut where its formatting changes, and broken marks are left out", () => {
  const text = "👍 see bold link";
  const found = splitText(text, [
    { type: "expandable_blockquote", offset: 0, length: 3 },
    { type: "bold", offset: 7, length: 9 },
    { type: "text_link", offset: 12, length: 4, url: "https://example.com/" },
    { type: "italic", offset: 14, length: 99 },
  ]);
  expectEqual(found, [
    { text: "👍 ", styles: ["expandable_blockquote"], link: null },
    { text: "see ", styles: [], link: null },
    { text: "bold ", styles: ["bold"], link: null },
    { text: "link", styles: ["bold"], link: "https://example.com/" },
  ]);
});

Deno.test("only addresses of pages become links", () => {
  const links = splitText("go to https://a.example/x?y=1. Or javascript:alert(1)", null)
    .map((each) => each.link)
    .filter(Boolean);
  expectEqual(links, ["https://a.example/x?y=1"]);
  for (const bad of ["javascript:alert(1)", "data:text/html,x", " file:///etc/passwd", "//x"]) {
    expectEqual(safeUrl(bad), null, bad);
  }
  const marked = splitText("x", [{ type: "text_link", offset: 0, length: 1, url: "javascript:1" }]);
  expectEqual(marked[0]?.link, null);
});

Deno.test("times in lists are the browser's, without its slow formats", () => {
  const now = Date.parse("2026-12-30T12:00:00");
  for (const [language, locale] of /** @type {const} */ ([
    ["en", "en-GB"],
    ["id", "id"],
  ])) {
    /** @type {(options: Intl.DateTimeFormatOptions, date: Date) => string} */
    const say = (options, date) => new Intl.DateTimeFormat(locale, options).format(date);
    for (let i = 0; i < 12; i++) {
      const days = i + 1;
      const time = new Date(2026, i, days, i, 5);
      const clock = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, time);
      expectEqual(clockTime(time.toISOString(), language), clock);
      const day = say({ day: "numeric", month: "short" }, time);
      expectEqual(listTime(time.toISOString(), language, now), day);
      const today = new Date(now + i * 86_400_000);
      const yesterday = new Date(today.getTime() - 86_400_000);
      const weekday = say({ weekday: "short" }, yesterday);
      expectEqual(listTime(yesterday.toISOString(), language, today.getTime()), weekday);
    }
  }
});

Deno.test("times, sizes and names are short", () => {
  expectEqual(measure(59_000), { unit: "moment", n: 0 });
  expectEqual(measure(47 * 3_600_000), { unit: "hours", n: 47 });
  expectEqual(measure(49 * 3_600_000), { unit: "days", n: 2 });
  const now = Date.parse("2026-01-05T09:00:00Z");
  expectEqual(
    [null, "2026-01-05T12:00:00Z", "2026-01-05T10:00:00Z", "2026-01-05T09:00:00Z"].map((each) =>
      windowState(each, now),
    ),
    ["none", "open", "closing", "closed"],
  );
  expectEqual(
    [0, 999, 1500, 52_428_800].map((each) => fileSize(each, "en")),
    ["0 B", "999 B", "2 kB", "52.4 MB"],
  );
  expectEqual(["Ann Lee", "  ", "🙂 Budi", "Ñandú", "李小龙"].map(initials), [
    "AL",
    "?",
    "B",
    "Ñ",
    "李",
  ]);
});

/** @type {(code: string, limit?: number) => string} */
const sayField = (code, limit) =>
  fieldWords({ code, message: "said by the server", ...(limit === undefined ? {} : { limit }) });

Deno.test("what is wrong with a field is said with its limit, or in the server's words", () => {
  expectEqual(
    [
      sayField("string_too_short", 1),
      sayField("string_too_long", 200),
      sayField("less_than_equal", 0),
    ],
    ["At least 1 character.", "At most 200 characters.", "0 at most."],
  );
  expectEqual(
    [sayField("missing"), sayField("enum")],
    ["This is needed.", "Choose one of the list."],
  );
  expectEqual(
    [sayField("string_too_short"), sayField("value_error")],
    ["said by the server", "said by the server"],
  );
});
