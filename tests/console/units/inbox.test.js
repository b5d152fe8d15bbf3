import {
  belongs,
  NO_FILTER,
  compareRows,
  isFiltered,
  matches,
  mergeSession,
  sessionToRow,
} from "../../../console/js/inbox/rows.js";
import { expectEqual } from "./expect.js";

/** @import { Session } from "../../../console/types.d.ts" */

/** @param {Partial<Session>} changes @returns {Session} */
const session = (changes) => ({
  id: "s1",
  conversation_id: "c1",
  number: 2,
  status: "ACTIVE",
  waiting: true,
  waiting_since: "2026-01-05T09:00:00Z",
  unanswered_since: null,
  created_at: "2026-01-05T09:00:00Z",
  ended_at: null,
  unread_count: 1,
  reply_until: null,
  client: { id: "p", name: "Ann", username: null, phone: null, language: null, is_blocked: false },
  channel: { id: "ch", kind: "telegram", name: "Shop" },
  agent: null,
  tags: [],
  priority: "normal",
  snoozed_until: null,
  last_message: null,
  ...changes,
});

/** @param {import("../../../console/js/inbox/rows.js").Row} row */
const views = (row) =>
  /** @type {const} */ (["mine", "waiting", "unread", "all"]).filter((each) =>
    belongs(each, row, "me"),
  );

Deno.test("a row is in the lists that its session belongs to", () => {
  const waiting = sessionToRow(session({}));
  const mine = sessionToRow(
    session({ waiting: false, agent: { id: "me", name: "Mia", kind: "human" }, unread_count: 0 }),
  );
  const ended = sessionToRow(session({ status: "ENDED", waiting: false, unread_count: 0 }));
  expectEqual(views(waiting), ["waiting", "unread", "all"]);
  expectEqual(views(mine), ["mine", "all"]);
  expectEqual(views(ended), ["all"]);
});

Deno.test("a filter asks for the channel, the holder and a tag of the last session", () => {
  const vip = { id: "t1", name: "VIP" };
  const row = sessionToRow(session({ tags: [vip], agent: { id: "a", name: "Osmo", kind: "ai" } }));
  /** @param {Partial<import("../../../console/js/inbox/rows.js").Filter>} filter */
  const isIn = (filter, of = row) => matches({ ...NO_FILTER, ...filter }, of);
  expectEqual([isIn({}), isFiltered(NO_FILTER)], [true, false]);
  expectEqual(
    [isIn({ channel: "ch", tag: "t1", agent: "a" }), isIn({ channel: "x" })],
    [true, false],
  );
  expectEqual([isIn({ agent: "b" }), isIn({ tag: "t2" })], [false, false]);
  const ended = mergeSession(row, session({ tags: [vip], status: "ENDED", waiting: false }));
  expectEqual([isIn({ tag: "t1" }, ended), isIn({ agent: "a" }, ended)], [true, false]);
  expectEqual(isIn({ tag: "t1" }, mergeSession(row, session({ number: 3 }))), false);
});

Deno.test("waiting rows are in the order in which agents get them", () => {
  const rows = [
    session({ conversation_id: "late", created_at: "2026-01-05T10:00:00Z" }),
    session({ conversation_id: "early" }),
    session({
      conversation_id: "urgent",
      priority: "urgent",
      created_at: "2026-01-05T11:00:00Z",
    }),
  ].map(sessionToRow);
  expectEqual(
    rows.toSorted(compareRows("waiting")).map((each) => each.id),
    ["urgent", "early", "late"],
  );
});

Deno.test("news of an older session do not replace the newer one", () => {
  const row = sessionToRow(session({}));
  const after = mergeSession(
    row,
    session({ id: "s0", number: 1, status: "ENDED", waiting: false, unread_count: 9 }),
  );
  expectEqual([after.session?.id, after.unread_count], ["s1", 1]);
  // An agent who may not see all sessions counts fewer than there are.
  const partly = { ...row, session_count: 1 };
  const older = session({ id: "s0", number: 1, status: "ENDED", waiting: false });
  expectEqual(mergeSession(partly, older).session?.id, "s1");
  expectEqual(
    mergeSession({ ...row, unreachable: "gone" }, session({ unread_count: 2 })).unreachable,
    "gone",
  );
});
