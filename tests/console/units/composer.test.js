import { matchReplies } from "../../../console/js/composer/canned_replies.js";
import { expectEqual } from "./expect.js";

Deno.test("canned replies are found by shortcut first, then by title", () => {
  const replies = [
    { id: "1", shortcut: "bye", title: "Hello and goodbye", text: "", language: null },
    { id: "2", shortcut: "hello", title: "A greeting", text: "", language: null },
  ];
  /** @param {string} words */
  const find = (words) => matchReplies(replies, words).map((each) => each.shortcut);
  expectEqual([find("HEL"), find(""), find("xyz")], [["hello", "bye"], ["bye", "hello"], []]);
});
