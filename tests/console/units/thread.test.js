import { buildTimeline } from "../../../console/js/thread/timeline.js";
import { expectEqual } from "./expect.js";

/** @import { Message } from "../../../console/types.d.ts" */

/** @param {string} id @param {string} at @param {Partial<Message>} [more] @returns {Message} */
const message = (id, at, more = {}) => ({
  id,
  session_id: "s1",
  conversation_id: "c",
  sender_type: "CLIENT",
  direction: "inbound",
  message_type: "TEXT",
  message: id,
  entities: null,
  file: null,
  attributes: null,
  client_key: null,
  reactions: null,
  reply_to_id: null,
  author_id: null,
  author_name: null,
  is_read: true,
  delivery_state: "received",
  delivery_error: null,
  created_at: at,
  edited_at: null,
  deleted_at: null,
  history: [],
  ...more,
});

Deno.test("a thread shows days, sessions, handovers and the first unread message in order", () => {
  const items = buildTimeline(
    [
      message("a", "2026-01-05T09:00:00Z"),
      message("b", "2026-01-05T09:01:00Z"),
      message("c", "2026-01-07T09:00:00Z", { session_id: "s2" }),
      message("d", "2026-01-07T09:10:00Z", { session_id: "s2" }),
    ],
    {
      sessions: new Map(),
      current: /** @type {any} */ ({
        handovers: [
          {
            from_name: "Mia",
            to_name: null,
            by_name: "Mia",
            reason: null,
            created_at: "2026-01-07T09:20:00Z",
          },
          {
            from_name: null,
            to_name: "Mia",
            by_name: "Mia",
            reason: null,
            created_at: "2026-01-07T09:05:00Z",
          },
        ],
      }),
      pending: [],
      firstUnread: "d",
    },
  );
  expectEqual(
    items.map((each) =>
      each.kind === "message" ? `${each.id}${each.isFirst ? "*" : ""}` : each.kind,
    ),
    ["day", "session", "a*", "b", "day", "session", "c*", "handover", "unread", "d*", "handover"],
  );
  expectEqual(new Set(items.map((each) => each.id)).size, items.length);
});
