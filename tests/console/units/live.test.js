import { createJournal } from "../../../console/js/live/journal.js";
import { forgetNames, nameOf, namesOf, takeName } from "../../../console/js/live/names.js";
import { createParser } from "../../../console/js/live/sse.js";
import { expectEqual } from "./expect.js";

const STREAM =
  ': here\n\nretry: 2000\n\nid: 7\nevent: message.new\ndata: {"a":\ndata: 1}\n\r\nevent: end\r\ndata: {}\r\n\r\n';

Deno.test("a stream is read the same in whatever pieces it arrives", () => {
  const whole = createParser()(STREAM);
  expectEqual(whole, [
    { id: "7", event: "message.new", data: '{"a":\n1}' },
    { id: null, event: "end", data: "{}" },
  ]);
  for (let size = 1; size < 20; size++) {
    const parse = createParser();
    const found = [];
    for (let i = 0; i < STREAM.length; i += size) found.push(...parse(STREAM.slice(i, i + size)));
    expectEqual(found, whole, `pieces of ${size}`);
  }
});

Deno.test("events that arrive during a request are applied on top of its answer", async () => {
  /** @type {Record<string, number>} */
  let state = {};
  const journal = createJournal((event) => (state[event.at] = 2));
  const answer = Promise.withResolvers();
  const loading = journal.during(answer.promise, (/** @type {typeof state} */ rows) => {
    state = { ...rows };
  });
  journal.record({ type: "message.new", at: "b" });
  answer.resolve({ a: 1, b: 1 });
  await loading;
  expectEqual(state, { a: 1, b: 2 });

  const refused = journal.during(Promise.reject(new Error("gone")), () => {});
  await refused.catch(() => (state.refused = 1));
  journal.record({ type: "message.new", at: "c" });
  expectEqual(state, { a: 1, b: 2, refused: 1, c: 2 });
});

Deno.test("an answer that is older than an event hides it in no other request", async () => {
  /** @type {Record<string, string>} */
  let state = {};
  const journal = createJournal(({ at, type }) => (state[at] = type));
  const list = Promise.withResolvers();
  const change = Promise.withResolvers();
  const loading = journal.during(list.promise, (/** @type {typeof state} */ rows) => {
    state = { ...rows };
  });
  const changing = journal.during(change.promise, (/** @type {string} */ type) =>
    journal.record({ at: "session", type }),
  );
  journal.record({ at: "session", type: "newest" });
  change.resolve("older");
  await changing;
  expectEqual(state, { session: "newest" });
  list.resolve({ session: "oldest" });
  await loading;
  expectEqual(state, { session: "newest" });
});

Deno.test("a changed name is shown in place of the one that was loaded, until all is loaded again", () => {
  const mia = { id: "1", name: "Mia" };
  const tags = [
    { id: "2", name: "late" },
    { id: "3", name: "refund" },
  ];
  takeName({ type: "agent.changed", at: "", agent: { id: "1", name: "Mia Rose", status: null } });
  takeName({ type: "agent.status", at: "", agent: { id: "1", name: "Old", status: "away" } });
  takeName({ type: "tag.changed", at: "", tag_id: "2", tag_name: "too late" });
  takeName({ type: "tag.changed", at: "", tag_id: "3", tag_name: null });
  expectEqual(nameOf(mia), "Mia Rose");
  expectEqual(namesOf(tags), [{ id: "2", name: "too late" }]);
  forgetNames();
  expectEqual([nameOf(mia), namesOf(tags)], ["Mia", tags]);
});
