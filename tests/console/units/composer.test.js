import { findNaming, matchColleagues } from "../../../console/js/composer/naming.js";
import { matchReplies } from "../../../console/js/composer/canned_replies.js";
import {
  listFormats,
  parseMarks,
  toggleMark,
  writeMarks,
} from "../../../console/js/composer/marks.js";
import { WORDS as EMOJI_EN } from "../../../console/js/emoji/i18n/en.js";
import { WORDS as EMOJI_ID } from "../../../console/js/emoji/i18n/id.js";
import { findEmoji, readList } from "../../../console/js/emoji/list.js";
import { expectEqual } from "./expect.js";

Deno.test("canned replies are found by shortcut first, then by title", () => {
  const replies = [
    {
      id: "1",
      shortcut: "bye",
      title: "Hello and goodbye",
      text: "",
      actions: null,
      language: null,
    },
    { id: "2", shortcut: "hello", title: "A greeting", text: "", actions: null, language: null },
  ];
  /** @param {string} words */
  const find = (words) => matchReplies(replies, words).map((each) => each.shortcut);
  expectEqual([find("HEL"), find(""), find("xyz")], [["hello", "bye"], ["bye", "hello"], []]);
});

Deno.test("a name begins at an @ that stands in no word", () => {
  expectEqual(findNaming("ask @"), { at: 4, words: "" });
  expectEqual(findNaming("@mia san"), { at: 0, words: "mia san" });
  expectEqual(findNaming("(@Mia"), { at: 1, words: "Mia" });
  expectEqual(findNaming("ann@mia"), null);
  expectEqual(findNaming("x.@mia"), null);
  expectEqual(findNaming("@mia what do you think"), null);
});

Deno.test("colleagues are found by the beginning of any word of their name", () => {
  const team = ["Mia Santoso", "Tom Baker"].map((name) => ({ name }));
  /** @param {string} words */
  const names = (words) => matchColleagues(team, words).map((each) => each.name);
  expectEqual(names(""), ["Mia Santoso", "Tom Baker"]);
  expectEqual(names("SAN"), ["Mia Santoso"]);
  expectEqual(names("om"), []);
});

Deno.test("marks around words become formatting, and a message gets its marks back", () => {
  /** @type {[string, string, [string, number, number][]][]} */
  const cases = [
    [
      "**a __b__ c** d",
      "a b c d",
      [
        ["bold", 0, 5],
        ["italic", 2, 1],
      ],
    ],
    [
      "😀 ++é++ ~~x y~~.",
      "😀 é x y.",
      [
        ["underline", 3, 1],
        ["strikethrough", 5, 3],
      ],
    ],
    ["`a **b**`", "a **b**", [["code", 0, 7]]],
    ["```a\nb```", "a\nb", [["pre", 0, 3]]],
    [
      "[our __shop__](https://x.example/a?b=1)",
      "our shop",
      [
        ["text_link", 0, 8],
        ["italic", 4, 4],
      ],
    ],
    ["**https://x.example/**", "https://x.example/", [["bold", 0, 18]]],
  ];
  for (const [typed, text, entities] of cases) {
    const found = parseMarks(typed);
    expectEqual(found.text, text);
    expectEqual(
      found.entities.map(({ type, offset, length }) => [type, offset, length]),
      entities,
    );
    expectEqual(writeMarks(found.text, found.entities), typed);
  }
  expectEqual(parseMarks("[x](https://x.example)").entities[0]?.url, "https://x.example");
});

Deno.test("what is no formatting stays as it is typed", () => {
  for (const typed of [
    "2 ** 3 ** 4",
    "2**3**4",
    "my__file__name",
    "Name: ________",
    "*** SALE ***",
    "C++ or C++",
    "****",
    "don`t and can`t",
    "https://x.example/a__b__c?d=**1**",
    "[x](javascript:alert(1))",
    "[ ](https://x.example)",
  ]) {
    expectEqual(parseMarks(typed), { text: typed, entities: [] }, typed);
  }
});

Deno.test("half a word has no marks: such a message is changed without its formatting", () => {
  const bold = [{ type: "bold", offset: 0, length: 2 }];
  expectEqual(writeMarks("half", bold), "half");
  expectEqual(
    writeMarks("ha lf", [...bold, { type: "spoiler", offset: 3, length: 2 }]),
    "**ha** lf",
  );
  expectEqual(listFormats("whatsapp_cloud").includes("underline"), false);
});

/** @param {string} text with | around what is chosen @param {import("../../../console/js/composer/marks.js").Format} format */
const toggle = (text, format) => {
  const plain = text.replaceAll("|", "");
  const from = text.indexOf("|");
  const to = text.lastIndexOf("|") - (text.lastIndexOf("|") > from ? 1 : 0);
  const { start, end, words, chosen } = toggleMark(plain, from, to, format);
  const typed = plain.slice(0, start) + words + plain.slice(end);
  return [typed.slice(0, chosen[0]), typed.slice(...chosen), typed.slice(chosen[1])].join("|");
};

Deno.test("what is chosen, the word at the cursor or what comes next gets marks or loses them", () => {
  expectEqual(toggle("a |big| sale", "bold"), "a **|big|** sale");
  expectEqual(toggle("a **|big|** sale", "bold"), "a |big| sale");
  expectEqual(toggle("a |big |sale", "italic"), "a __|big|__ sale");
  expectEqual(toggle("a b|ig sale", "underline"), "a ++|big|++ sale");
  expectEqual(toggle("a b|ig sa|le", "strikethrough"), "a ~~|big sale|~~");
  expectEqual(toggle("a |", "code"), "a `||`");
  expectEqual(toggle("|a\nb|", "code"), "```|a\nb|```");
  expectEqual(toggle("our |shop|", "text_link"), "our [shop](|https://|)");
  expectEqual(toggle("|", "text_link"), "[||](https://)");
});

/** @param {Record<string, string>} words */
const list = (words) =>
  Object.keys(words)
    .filter((key) => !/title|search|none/.test(key))
    .flatMap((key) => readList(words[key] ?? ""));

Deno.test("emoji are the same in both languages, and found by the beginnings of words", () => {
  const [english, indonesian] = [list(EMOJI_EN), list(EMOJI_ID)];
  const signs = english.map(({ emoji }) => emoji);
  expectEqual(
    indonesian.map(({ emoji }) => emoji),
    signs,
  );
  expectEqual(new Set(signs).size, signs.length);
  /** @param {string} wanted @param {string[]} [recent] */
  const find = (wanted, recent = []) =>
    findEmoji(english, recent, wanted).map(({ emoji }) => emoji);
  expectEqual(find("THANK fold"), ["🙏"]);
  expectEqual(find("ank"), []);
  expectEqual(find("", ["🙏", "gone"]).slice(0, 2), ["🙏", signs[0] ?? ""]);
});
