// Chooses the agent who writes, and whether they write in the group's name.

import { el, reconcile } from "./dom.js";
import { avatar, nameOf } from "./people.js";

const ADD = "add";

export class AgentBar {
  #chosen = null;

  constructor({ changed, add }) {
    this.changed = changed;
    this.add = add;
    this.face = el("span", { class: "agent-face" });
    this.select = el("select", { "aria-label": "Writing as", on: { change: () => this.#pick() } });
    this.box = el("input", { type: "checkbox", on: { change: changed } });
    const toggle = el(
      "label",
      { class: "anonymous", title: "Write in the group's name, as an anonymous admin" },
      this.box,
      el("span", { class: "switch", "aria-hidden": "true" }),
      el("span", { text: "Anonymous admin" }),
    );
    this.element = el(
      "div",
      { class: "agent-bar" },
      this.face,
      el("label", { class: "agent-choice" }, el("span", { text: "Writing as" }), this.select),
      toggle,
    );
  }

  get anonymous() {
    return this.box.checked;
  }

  /** Select the person who writes. */
  choose(id) {
    this.#chosen = id;
    this.changed();
  }

  /** Draw the choice among these people; return the selected one, if there is any. */
  draw(people) {
    const agent = people.find((person) => person.id === this.#chosen) ?? people[0];
    const options = people.map((person) => ({
      key: person.id,
      signature: nameOf(person),
      build: () => el("option", { value: person.id, text: nameOf(person) }),
    }));
    options.push({
      key: ADD,
      signature: "",
      build: () => el("option", { value: ADD, text: "Add a member of staff…" }),
    });
    reconcile(this.select, options);
    this.select.value = String(agent?.id ?? ADD);
    reconcile(
      this.face,
      agent ? [{ key: agent.id, signature: nameOf(agent), build: () => avatar(agent) }] : [],
    );
    return agent;
  }

  #pick() {
    if (this.select.value === ADD) this.add();
    else this.#chosen = Number(this.select.value);
    this.changed();
  }
}
