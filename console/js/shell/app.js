/** The page: the log-in, or the rail and the panes of the shown screen. */

import { h } from "../vendor/preact.js";
import { EnrolmentPage } from "../account/enrolment_page.js";
import { LogInPage } from "../account/log_in_page.js";
import { MorePage } from "../account/more_page.js";
import { me, phase, resume } from "../account/log_in.js";
import { ClientsPage } from "../client/clients_page.js";
import { ClientPanel } from "../client/client_panel.js";
import { hasWords, t } from "../i18n/words.js";
import { Inbox } from "../inbox/list_view.js";
import { claimNext } from "../inbox/selection.js";
import { countRows } from "../inbox/store.js";
import { connection } from "../live/stream.js";
import { Problem } from "../server/problem.js";
import { SearchPage } from "../search/search_page.js";
import { isMiniApp } from "../telegram/bridge.js";
import { TelegramLogInPage } from "../telegram/log_in_page.js";
import { ThreadView } from "../thread/thread_view.js";
import { Avatar } from "./avatar.js";
import { ExtraDialog, extraDialog } from "./extras.js";
import { Icon } from "./icons.js";
import { LaterPage } from "./later_page.js";
import { Notices } from "./notices.js";
import { usePageFocus } from "./page_focus.js";
import { Failure } from "./problems.js";
import { goTo, isLater, route } from "./route.js";
import { useShortcuts } from "./shortcuts.js";

/** @import { Route } from "./route.js" */

/**
 * On a phone there is no room for those of administrators: More leads to them.
 * @type {{page: Route["page"], icon: "inbox" | "search" | "person" | "chart" | "settings" | "more", isForAdmins?: boolean}[]}
 */
const SCREENS = [
  { page: "inbox", icon: "inbox" },
  { page: "search", icon: "search" },
  { page: "clients", icon: "person" },
  { page: "reports", icon: "chart", isForAdmins: true },
  { page: "administration", icon: "settings", isForAdmins: true },
  { page: "more", icon: "more" },
];

export function App() {
  if (phase.value === "checking" || !hasWords.value)
    return h("div", { class: "blank", "aria-busy": "true" });
  if (phase.value === "away") {
    const problem = new Problem(0, {});
    return h("main", { class: "login" }, h(Failure, { problem, onRetry: () => void resume() }));
  }
  if (phase.value === "out") return h(isMiniApp ? TelegramLogInPage : LogInPage, null);
  if (phase.value === "enrolling") return h(EnrolmentPage, null);
  return h(Shell, null);
}

function Shell() {
  const { conversation, showsClient, client, path } = route.value;
  const isAdmin = me.value?.role === "ADMIN";
  const page = isLater(route.value.page) && !isAdmin ? "inbox" : route.value.page;
  useShortcuts({
    n: () => void claimNext(),
    "?": () => (extraDialog.value = "help"),
    "Ctrl+k": () => (extraDialog.value = "palette"),
    "Ctrl+f": () => goTo({ page: "search", conversation: null, showsClient: false }),
  });
  usePageFocus(page, [conversation, showsClient, client, path.join("/")]);
  const isReading =
    (page === "inbox" && conversation !== null) ||
    (page === "clients" && client !== null) ||
    (isLater(page) && path.length > 0);
  return h(
    "div",
    {
      class: `shell ${isReading ? "is-reading" : ""} ${isReading && showsClient ? "shows-client" : ""}`,
      "data-page": page,
    },
    h(Rail, { page }),
    h(Connection, null),
    h(
      "main",
      { class: "panes" },
      page === "inbox" && h(Inbox, null),
      page === "search" && h(SearchPage, null),
      page === "clients" && h(ClientsPage, null),
      page === "more" && h(MorePage, null),
      isLater(page) && h(LaterPage, { key: page, page }),
      page === "inbox" &&
        (conversation ? h(ThreadView, { key: conversation, id: conversation }) : h(Nothing, null)),
      page === "inbox" &&
        conversation &&
        h(ClientPanel, { key: `client-${conversation}`, conversation }),
    ),
    h(ExtraDialog, null),
    h(Notices, null),
  );
}

/** @param {{page: Route["page"]}} props */
function Rail({ page }) {
  return h(
    "nav",
    { class: "rail", "aria-label": t("nav.label") },
    h("span", { class: "brand-mark", "aria-hidden": "true" }),
    SCREENS.filter((each) => !each.isForAdmins || me.value?.role === "ADMIN").map((each) =>
      h(
        "a",
        {
          key: each.page,
          class: each.isForAdmins ? "rail-link is-for-admins" : "rail-link",
          href: each.page === "inbox" ? "#/inbox/mine" : `#/${each.page}`,
          "aria-current": each.page === page ? "page" : undefined,
        },
        h(Icon, { name: each.icon, size: 22 }),
        h("span", { class: "rail-name" }, t(`nav.${each.page}`)),
        each.page === "inbox" &&
          countRows("unread") > 0 &&
          h("span", { class: "dot", "aria-hidden": "true" }),
      ),
    ),
    me.value &&
      h(
        "a",
        {
          class: "rail-me",
          href: "#/more",
          "aria-label": t("nav.me", {
            name: me.value.name,
            status: t(`status.${me.value.status}`),
          }),
        },
        h(Avatar, { id: me.value.agent_id, name: me.value.name, size: "small" }),
        h("span", { class: `presence is-${me.value.status}` }),
      ),
  );
}

function Connection() {
  if (connection.value !== "lost") return null;
  return h("p", { class: "connection", role: "status" }, t("live.lost"));
}

function Nothing() {
  return h(
    "section",
    { class: "pane thread-pane is-empty", "aria-label": t("thread.none") },
    h(
      "div",
      { class: "empty" },
      h("p", { class: "empty-title" }, t("thread.none")),
      h("p", { class: "quiet" }, t("thread.none_next")),
    ),
  );
}
