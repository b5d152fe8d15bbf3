// Locations, contacts, polls and dice.

import { el, icon } from "./dom.js";
import { avatar, nameOf } from "./people.js";

/** Return the message's location, contact, poll or dice, or null. */
export function renderPlace(message) {
  if (message.location) return place(message.location, message.venue);
  if (message.contact) return contact(message.contact);
  if (message.poll) return poll(message.poll);
  if (message.dice)
    return el("span", {
      class: "sticker-emoji",
      text: message.dice.emoji,
      title: `Value: ${message.dice.value}`,
    });
  return null;
}

function place({ latitude, longitude }, venue) {
  const position = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
  return el(
    "figure",
    { class: "place" },
    el(
      "div",
      { class: "map", role: "img", "aria-label": `Location ${position}` },
      el("span", { class: "map-pin" }, icon("place")),
    ),
    el(
      "figcaption",
      {},
      el("b", { text: venue?.title ?? "Location" }),
      el("span", { text: venue?.address ?? position }),
    ),
  );
}

function contact(person) {
  const shown = { ...person, id: person.user_id ?? 0 };
  return el(
    "div",
    { class: "contact" },
    avatar(shown),
    el(
      "div",
      { class: "contact-lines" },
      el("b", { text: nameOf(shown) }),
      el("span", { text: person.phone_number }),
    ),
  );
}

function poll({ question, options }) {
  const line = (option) =>
    el("li", {}, el("span", { text: option.text }), el("span", { text: String(option.voter_count ?? 0) }));
  return el("div", { class: "poll" }, el("b", { text: question }), el("ul", {}, options.map(line)));
}
