import { findNaming, matchColleagues } from "../../../console/js/composer/naming.js";
import { matchReplies } from "../../../console/js/composer/canned_replies.js";
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
