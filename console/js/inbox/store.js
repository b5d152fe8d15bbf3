/** The conversations that are known here, and the lists of the inbox made of them. */

import { computed, effect, signal, untracked } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { get } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { createJournal } from "../live/journal.js";
import { route } from "../shell/route.js";
import { countsPath, listPath, queuePath } from "./paths.js";
import {
  NO_FILTER,
  VIEWS,
  belongs,
  compareRows,
  isFiltered,
  matches,
  mergeSession,
} from "./rows.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Conversation, LiveEvent, Page, Session, SessionDetail } from "../../types.d.ts" */
/** @import { Filter, Row, View } from "./rows.js" */

/** @type {Map<string, Row>} */
const rows = new Map();
/** Rows that no list has brought since they were loaded again. @type {Set<string>} */
let unseen = new Set();
const version = signal(0);
/** Changes within this time are shown together. */
const FRAME_MS = 40;
const COUNT_AFTER_MS = 2000;

/**
 * @typedef {object} List
 * @property {import("../vendor/preact.js").Signal<"new" | "loading" | "ready" | "failed">} state
 * @property {import("../vendor/preact.js").Signal<Problem | null>} problem
 * @property {import("../vendor/preact.js").Signal<string | null>} next the cursor of the next page
 * @property {string} floor rows below it are not loaded yet: they are not shown, even when known
 * @property {import("../vendor/preact.js").ReadonlySignal<Row[]>} rows that are shown
 */

/**
 * The lists of one filter, and how long the server says that they are.
 * @typedef {Record<View, List> & {filter: Filter,
 *   counts: import("../vendor/preact.js").Signal<Record<"mine" | "waiting" | "unread", number> | null>}} Lists
 */

/** @param {Filter} filter @returns {Lists} */
function createLists(filter) {
  const made = /** @type {Lists} */ ({ filter, counts: signal(null) });
  for (const view of VIEWS) {
    made[view] = {
      state: signal("new"),
      problem: signal(null),
      next: signal(null),
      floor: "",
      rows: computed(() => {
        void version.value;
        return selectRows(made, view);
      }),
    };
  }
  return made;
}

/** Without a filter: they are kept beside those that are shown, for the number of unread ones. */
const whole = createLists(NO_FILTER);
/** Those of the filter in the address. */
export const lists = signal(whole);
let hasBegun = false;

effect(() => {
  const { page, filter } = route.value;
  if (page === "inbox") untracked(() => showLists(filter));
});

/** @param {Filter} filter */
function showLists(filter) {
  if (JSON.stringify(filter) === JSON.stringify(lists.peek().filter)) return;
  lists.value = isFiltered(filter) ? createLists(filter) : whole;
  if (hasBegun && lists.peek() !== whole) void loadLists(lists.peek());
}

/** All lists that are kept. */
const listAll = () => [...new Set([whole, lists.peek()])];

/** @param {Lists} of @param {View} view */
function selectRows(of, view) {
  const list = of[view];
  const agentId = me.value?.agent_id ?? "";
  // Who waits longest comes first, which is no order of the pages: the queue was loaded besides.
  const isWhole = list.next.value === null || view === "waiting";
  const floor = isWhole ? "" : list.floor;
  return [...rows.values()]
    .filter(
      (row) =>
        belongs(view, row, agentId) && matches(of.filter, row) && row.last_message_at >= floor,
    )
    .toSorted(compareRows(view));
}

/** How many there are: counted here if the list is whole, otherwise by the server. @param {View} view */
export function countRows(view, of = whole) {
  const isWhole = of[view].state.value === "ready" && of[view].next.value === null;
  return isWhole || view === "all" ? of[view].rows.value.length : (of.counts.value?.[view] ?? 0);
}

/** @param {Lists} of */
async function loadCounts(of) {
  try {
    of.counts.value = await get(countsPath(of.filter));
  } catch {
    // The numbers stay as they are until the next event.
  }
}

/** @param {Lists} of */
const isPart = (of) => VIEWS.some((view) => of[view].next.peek() !== null);

let isCountPlanned = false;
function planCounts() {
  if (isCountPlanned || !listAll().some(isPart)) return;
  isCountPlanned = true;
  setTimeout(() => {
    isCountPlanned = false;
    for (const each of listAll().filter(isPart)) void loadCounts(each);
  }, COUNT_AFTER_MS);
}

/** @param {string} id */
export function findRow(id) {
  void version.value;
  return rows.get(id);
}

/** Conversations that are known here and whose customer's name has these letters. @param {string} wanted @param {number} most */
export function findRowsByName(wanted, most) {
  void version.value;
  const found = [...rows.values()].filter(({ client }) =>
    client.name.toLowerCase().includes(wanted),
  );
  return found.toSorted(compareRows("all")).slice(0, most);
}

let isPlanned = false;
function changed() {
  if (isPlanned) return;
  isPlanned = true;
  setTimeout(() => {
    isPlanned = false;
    version.value++;
  }, FRAME_MS);
}

const journal = createJournal(apply);

/** @param {LiveEvent} event */
export const recordEvent = (event) => journal.record(event);

/** List a session as an answer has it, and what happened meanwhile. @param {Promise<SessionDetail>} answer */
export const takeListedSession = (answer) =>
  journal.during(answer, (session) =>
    recordEvent({ type: "answer", at: new Date().toISOString(), session }),
  );

/** @param {LiveEvent} event */
function apply(event) {
  if (event.type === "session.gone") {
    const row = [...rows.values()].find((each) => each.session?.id === event.session_id);
    if (row) void reload(row.id).catch(() => {});
  } else if (event.session) {
    const { session } = event;
    rows.set(session.conversation_id, mergeSession(rows.get(session.conversation_id), session));
    changed();
    planCounts();
  } else if (event.type === "tag.changed" && !event.tag_name) {
    for (const [id, row] of rows)
      rows.set(id, { ...row, tags: row.tags.filter((each) => each.id !== event.tag_id) });
    changed();
  } else if (event.type === "client.changed") {
    for (const row of rows.values())
      if (row.client.id === event.client_id) void reload(row.id).catch(() => {});
  }
}

/** Read a conversation again; forget it if it cannot be seen any more. @param {string} id */
export async function reload(id) {
  try {
    await journal.during(get(`/conversations/${id}`), (/** @type {Conversation} */ row) => {
      rows.set(id, row);
    });
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status !== 404) throw problem;
    rows.delete(id);
  } finally {
    changed();
  }
}

/**
 * Show a page that was asked for before events were heard, until the list itself is loaded.
 * @param {View} view @param {Page<Conversation>} page
 */
export function showEarly(view, page) {
  if (lists.peek()[view].state.peek() !== "new") return;
  for (const row of page.items) rows.set(row.id, row);
  version.value++;
}

/** Load the first page of a list, or the next one. @param {View} view */
export async function loadMore(view, of = lists.peek()) {
  const list = of[view];
  if (list.state.peek() === "loading") return;
  const isFirst = list.state.peek() === "new" || list.next.peek() === null;
  list.state.value = "loading";
  try {
    await journal.during(
      get(listPath(view, of.filter, isFirst ? null : list.next.peek())),
      (/** @type {Page<Conversation>} */ page) => {
        for (const row of page.items) {
          rows.set(row.id, row);
          unseen.delete(row.id);
        }
        list.floor = page.items.at(-1)?.last_message_at ?? list.floor;
        list.next.value = page.next;
      },
    );
    if (view === "waiting" && isFirst && of.filter.agent === null) await loadQueue(of.filter);
    list.state.value = "ready";
    list.problem.value = null;
    changed();
  } catch (error) {
    list.problem.value = toProblem(error);
    list.state.value = "failed";
  }
}

/** Load those who wait longest, in the order in which agents get them. @param {Filter} filter */
const loadQueue = (filter) =>
  journal.during(get(queuePath(filter)), (/** @type {Page<Session>} */ page) => {
    for (const session of page.items) {
      const id = session.conversation_id;
      rows.set(id, mergeSession(rows.get(id), session));
      unseen.delete(id);
    }
  });

/** Load everything again: after a start, and when events are missing. */
export async function reloadLists() {
  hasBegun = true;
  unseen = new Set(rows.keys());
  const all = listAll();
  await Promise.all(all.map(loadLists));
  if (all.some((of) => VIEWS.some((view) => of[view].state.peek() === "failed"))) return;
  for (const id of unseen) rows.delete(id);
  changed();
}

/** @param {Lists} of */
async function loadLists(of) {
  for (const view of VIEWS) {
    of[view].next.value = null;
    if (of[view].state.peek() !== "loading") of[view].state.value = "new";
  }
  await Promise.all([loadCounts(of), ...VIEWS.map((view) => loadMore(view, of))]);
}

/** The connection is back: load what could not be loaded. */
export function retryLists() {
  for (const of of listAll())
    for (const view of VIEWS) if (of[view].state.peek() === "failed") void loadMore(view, of);
}

export function forgetInbox() {
  rows.clear();
  hasBegun = false;
  for (const of of listAll()) for (const view of VIEWS) of[view].state.value = "new";
  changed();
}
