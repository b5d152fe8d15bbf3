// Builds elements from text with entities. Offsets are UTF-16 units, as in JavaScript's strings.

import { el } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const MARKED = new Set(["mention", "text_mention", "hashtag", "cashtag", "bank_card_number"]);
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/** Return the address if it is safe to follow, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:/i.test(address) ? address : `https://${address}`);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Return the text as nodes; `onCommand` is called with a pressed bot command. */
export function renderText(text, entities = [], onCommand = null) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const nodes = span(text, 0, text.length, sorted, onCommand);
  return el("span", { class: "text", dir: "auto" }, nodes);
}

function span(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = entities.slice(i + 1).filter((other) => other.offset < stop);
    nodes.push(text.slice(at, entity.offset));
    nodes.push(
      wrap(
        entity,
        text.slice(entity.offset, stop),
        span(text, entity.offset, stop, inner, onCommand),
        onCommand,
      ),
    );
    at = stop;
  }
  nodes.push(text.slice(at, end));
  return nodes.filter((node) => node !== "");
}

function wrap(entity, raw, inner, onCommand) {
  const type = entity.type;
  if (TAGS[type]) return el(TAGS[type], {}, inner);
  if (type === "pre")
    return el("pre", { "data-language": entity.language ?? null, tabindex: "0" }, el("code", {}, inner));
  if (type === "spoiler") return spoiler(inner);
  if (type === "bot_command" && onCommand) return command(raw, onCommand);
  if (type === "url" || type === "text_link") return link(entity.url ?? raw, inner);
  if (type === "email") return link(`mailto:${raw}`, inner);
  if (type === "phone_number") return link(`tel:${raw.replace(/[^\d+]/g, "")}`, inner);
  return el("span", MARKED.has(type) ? { class: "mention" } : {}, inner);
}

function link(address, inner) {
  const href = safeUrl(address);
  if (!href) return el("span", {}, inner);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: href }, inner);
}

function command(raw, onCommand) {
  return el("button", { type: "button", class: "command", text: raw, on: { click: () => onCommand(raw) } });
}

function spoiler(inner) {
  const node = el(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text: press to show" },
    inner,
  );
  const show = () => {
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return node;
}
