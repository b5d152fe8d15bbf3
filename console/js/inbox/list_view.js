/** The list of conversations: only the rows that can be seen are in the page. */

import { h, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { wantFocus } from "../composer/focus.js";
import { t } from "../i18n/words.js";
import { listFirstChannels } from "../server/abilities.js";
import { BulkBar, FilterChips, extraDialog } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";
import { goTo, linkTo, route } from "../shell/route.js";
import { useShortcuts } from "../shell/shortcuts.js";
import { Failure } from "../shell/problems.js";
import { Skeleton } from "../shell/skeleton.js";
import { clearPicked, pickTo, picked, togglePick, watchLongPress } from "./picked.js";
import { NO_FILTER, VIEWS, isFiltered } from "./rows.js";
import { ROW_HEIGHT, RowView } from "./row_view.js";
import { mentionCount } from "./mentions.js";
import { countRows, lists, loadMore } from "./store.js";
import { selected } from "./selection.js";

/** @import { Row, View } from "./rows.js" */
/** @import { DialogName as Extra } from "../shell/extras.js" */
/** @import { Key } from "../i18n/words.js" */

const OVERSCAN = 6;
/** What the list has of a phone's height, until it is measured. */
const LIST_SHARE = 0.75;

/** How many rows can be seen, also in part. @param {number} height */
const countFitting = (height) => Math.ceil(height / ROW_HEIGHT) + 1;

export function Inbox() {
  const { view, filter } = route.value;
  useShortcuts({ f: () => (extraDialog.value = "filter") });
  return h(
    "section",
    { class: "pane list-pane", "aria-label": t("nav.inbox") },
    h(
      "header",
      { class: "pane-head" },
      h("h1", null, t("nav.inbox")),
      h(DialogButton, {
        dialog: "mentions",
        icon: "at",
        label: t("mention.open", { n: mentionCount.value }),
        count: mentionCount.value,
      }),
      h(DialogButton, { dialog: "filter", icon: "filter", label: t("filter.title") }),
      h(DialogButton, { dialog: "palette", icon: "grid", label: t("palette.open") }),
      listFirstChannels().length > 0 &&
        h(DialogButton, { dialog: "first-message", icon: "plus", label: t("first.title") }),
    ),
    h(Views, { view }),
    isFiltered(filter) && h(FilterChips, null),
    h(Rows, { key: view + JSON.stringify(filter), view }),
  );
}

/** @param {{dialog: Extra, icon: "at" | "filter" | "grid" | "plus", label: string, count?: number}} props */
function DialogButton({ dialog, icon, label, count = 0 }) {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": label,
      title: label,
      onClick: () => (extraDialog.value = dialog),
    },
    h(Icon, { name: icon }),
    count > 0 && h("span", { class: "badge" }, count),
  );
}

/** @param {{view: View}} props */
function Views({ view }) {
  return h(
    "nav",
    { class: "views", "aria-label": t("inbox.views") },
    VIEWS.map((each) =>
      h(
        "a",
        {
          key: each,
          class: "view",
          href: linkTo({ view: each, conversation: null }),
          "aria-current": each === view ? "page" : undefined,
          onClick: (event) => {
            event.preventDefault();
            goTo({ page: "inbox", view: each, conversation: null }, { replace: true });
          },
        },
        t(/** @type {Key} */ (`view.${each}`)),
        each !== "all" &&
          lists.value[each].state.value !== "new" &&
          countRows(each, lists.value) > 0 &&
          h("span", { class: "count" }, countRows(each, lists.value)),
      ),
    ),
  );
}

/** @param {{view: View}} props */
function Rows({ view }) {
  const list = lists.value[view];
  const rows = list.rows.value;
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const inside = useRef(/** @type {HTMLElement | null} */ (null));
  const [shown, setShown] = useState({ top: 0, count: countFitting(innerHeight * LIST_SHARE) });

  /** Most scrolling and resizing shows the same rows. */
  function measureArea() {
    const { current } = element;
    if (!current) return;
    const top = Math.floor(current.scrollTop / ROW_HEIGHT);
    const count = countFitting(current.clientHeight);
    setShown((before) => (before.top === top && before.count === count ? before : { top, count }));
  }
  useLayoutEffect(() => {
    // It tells the size before the first frame, without a layout in between.
    const observer = new ResizeObserver(measureArea);
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);

  // Those above and below what is seen come after the first frame.
  const [overscan, setOverscan] = useState(0);
  useEffect(() => setOverscan(OVERSCAN), []);

  const first = Math.max(0, shown.top - overscan);
  const last = Math.min(rows.length, shown.top + shown.count + overscan);
  useEffect(() => {
    if (last >= rows.length && list.next.value !== null && list.state.value === "ready")
      void loadMore(view);
  });

  const chosen = Math.max(
    0,
    rows.findIndex((each) => each.id === selected.value),
  );
  /** @param {number} index */
  function select(index) {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (!row) return;
    selected.value = row.id;
    inside.current?.focus({ preventScroll: true });
    scrollIntoView(element.current, rows.indexOf(row));
  }
  const open = () => {
    const row = rows[chosen];
    if (row) goTo({ page: "inbox", conversation: row.id });
  };
  useEffect(() => clearPicked, []);
  const pickedRows = rows.filter((row) => picked.value.has(row.id));
  const isPicking = pickedRows.length > 0;
  const longPress = useMemo(
    () =>
      watchLongPress((target) => {
        const id = target.closest(".row")?.id.replace("row-", "");
        if (id) togglePick(id);
      }),
    [],
  );
  /** @param {Row} row @param {MouseEvent} event */
  function press(row, event) {
    const onPick = event.target instanceof Element && event.target.closest(".row-pick");
    if (event.shiftKey) pickTo(rows, row.id);
    else if (isPicking || onPick) togglePick(row.id);
    else goTo({ page: "inbox", conversation: row.id, showsClient: false });
  }
  /** @param {number} step */
  function extend(step) {
    const from = rows[chosen];
    if (from && hasSelection) pickTo(rows, from.id);
    select(hasSelection ? chosen + step : 0);
    if (selected.peek()) pickTo(rows, selected.peek() ?? "");
  }
  function answer() {
    wantFocus();
    open();
  }
  const hasSelection = rows.some((each) => each.id === selected.value);
  useShortcuts({
    j: () => select(hasSelection ? chosen + 1 : 0),
    k: () => select(chosen - 1),
    Enter: open,
    ...(hasSelection ? { x: () => togglePick(selected.peek() ?? "") } : {}),
    ...(isPicking ? { Escape: clearPicked } : {}),
    // With an open thread, its composer has this key.
    ...(route.value.conversation === null && hasSelection ? { r: answer } : {}),
  });

  if (list.problem.value && rows.length === 0) {
    return h(Failure, { problem: list.problem.value, onRetry: () => void loadMore(view) });
  }
  // A page of a filtered list may be empty without being the last.
  if (rows.length === 0 && (list.state.value !== "ready" || list.next.value !== null))
    return h(Skeleton, { lines: 7, kind: "row" });
  if (rows.length === 0) return h(Empty, { view });
  const listed = h(
    "div",
    { class: isPicking ? "rows is-picking" : "rows", ref: element, onScroll: measureArea },
    h(
      "ul",
      {
        ...longPress,
        class: "rows-inside",
        ref: inside,
        role: "listbox",
        "aria-multiselectable": "true",
        tabIndex: 0,
        "aria-label": t(/** @type {Key} */ (`view.${view}`)),
        "aria-activedescendant": hasSelection ? `row-${selected.value}` : undefined,
        style: { height: `${rows.length * ROW_HEIGHT}px` },
        onKeyDown: (event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step && event.shiftKey) extend(step);
          else if (step) select(hasSelection ? chosen + step : 0);
          else if (event.key === "Home") select(0);
          else if (event.key === "End") select(rows.length - 1);
          else if (event.key === "Enter") open();
          else return;
          event.preventDefault();
        },
      },
      rows.slice(first, last).map((row, i) =>
        h(RowView, {
          key: row.id,
          row,
          index: first + i,
          count: rows.length,
          isSelected: row.id === selected.value,
          isPicked: isPicking ? picked.value.has(row.id) : null,
          onPress: press,
          isOpen: row.id === route.value.conversation,
        }),
      ),
    ),
  );
  // At the foot: nothing moves under the finger.
  return [listed, isPicking && h(BulkBar, { rows: pickedRows, all: rows })];
}

/** @param {HTMLElement | null} area @param {number} index */
function scrollIntoView(area, index) {
  if (!area) return;
  const top = index * ROW_HEIGHT;
  if (top < area.scrollTop) area.scrollTop = top;
  else if (top + ROW_HEIGHT > area.scrollTop + area.clientHeight) {
    area.scrollTop = top + ROW_HEIGHT - area.clientHeight;
  }
}

/** @param {{view: View}} props */
function Empty({ view }) {
  const { filter } = route.value;
  if (isFiltered(filter))
    return h(
      "div",
      { class: "empty" },
      h(
        "p",
        { class: "empty-title" },
        t("empty.filtered", { list: t(/** @type {Key} */ (`view.${view}`)) }),
      ),
      h("p", { class: "quiet" }, t("empty.filtered_next")),
      h(
        "a",
        { class: "button", href: linkTo({ filter: NO_FILTER, conversation: null }) },
        t("filter.clear"),
      ),
    );
  return h(
    "div",
    { class: "empty" },
    h("p", { class: "empty-title" }, t(/** @type {Key} */ (`empty.${view}`))),
    h("p", { class: "quiet" }, t(/** @type {Key} */ (`empty.${view}_next`))),
    view === "mine" &&
      h("a", { class: "button", href: "#/inbox/waiting" }, t("empty.show_waiting")),
  );
}
