// Builds the page.

import { CustomerPane } from "./customer.js";
import { follow } from "./events.js";
import { GroupPane } from "./group.js";
import { Store } from "./store.js";
import { WhatsApp } from "./whatsapp/store.js";

const NAME = "OsmoDesk sandbox";
const byId = (id) => document.getElementById(id);

const store = new Store();
const whatsapp = new WhatsApp(() => store.tell());
const customer = new CustomerPane(store, whatsapp, byId("customer"));
const group = new GroupPane(store, byId("group"));
const tabs = { customer: byId("tab-customer"), group: byId("tab-group") };

function show(name) {
  document.body.dataset.tab = name;
  for (const [key, tab] of Object.entries(tabs)) tab.setAttribute("aria-selected", String(key === name));
  for (const [key, tab] of Object.entries(tabs)) tab.tabIndex = key === name ? 0 : -1;
  draw();
}

const isVisible = (pane) => !document.hidden && getComputedStyle(pane).display !== "none";

function draw() {
  const waiting = {
    customer: customer.draw(isVisible(customer.element)),
    group: group.draw(isVisible(group.element)),
  };
  for (const [key, tab] of Object.entries(tabs)) {
    const badge = tab.querySelector(".badge");
    badge.textContent = String(waiting[key]);
    badge.hidden = !waiting[key];
  }
  const all = waiting.customer + waiting.group;
  document.title = all ? `(${all}) ${NAME}` : NAME;
}

function connected(state, words) {
  byId("connection").className = `connection ${state}`;
  byId("connection").querySelector("span").textContent = words;
}

async function opened() {
  await Promise.all([store.load(), whatsapp.load()]);
  connected("live", "Live");
  document.body.dataset.ready = "true";
}

for (const [name, tab] of Object.entries(tabs)) {
  tab.addEventListener("click", () => show(name));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = name === "customer" ? "group" : "customer";
    show(other);
    tabs[other].focus();
  });
}
store.addEventListener("change", draw);
store.addEventListener("visit", ({ detail: user }) => {
  customer.choose(user);
  show("customer");
});
document.addEventListener("visibilitychange", draw);
window.addEventListener("resize", draw);
show("customer");
follow("/control/events", {
  onOpen: opened,
  onChange: (change) => (change.kind.startsWith("waha_") ? whatsapp : store).apply(change),
  onLost: () => connected("lost", "Reconnecting…"),
});
follow("/control/graph/events", {
  onOpen: () => whatsapp.load(),
  onChange: (change) => whatsapp.apply(change),
});
