// Builds elements. Text is always inserted as text: nothing in this page parses HTML.

/** Make an element; props are attributes, except `class`, `text`, `on` and `style`. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "style") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
  else if (name === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Return an icon of icons.svg, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Return a button that shows only an icon; its label is read aloud and shown as a tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": label,
      title: label,
      ...props,
      on: { click: onClick },
    },
    icon(name),
  );
}

const drawn = new WeakMap();

/**
 * Make the children of `parent` match `rows`, each {key, signature, build}.
 * A child with an unchanged signature is kept, with its focus, scroll position and playing video.
 */
export function reconcile(parent, rows) {
  const before = drawn.get(parent) ?? new Map();
  const after = new Map();
  let cursor = parent.firstElementChild;
  for (const row of rows) {
    const known = before.get(row.key);
    const node = known?.signature === row.signature ? known.node : rebuilt(row, known?.node);
    after.set(row.key, { signature: row.signature, node });
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const [key, { node }] of before) if (after.get(key)?.node !== node) node.remove();
  drawn.set(parent, after);
}

function rebuilt(row, old) {
  const node = row.build();
  const focused = old?.contains(document.activeElement) && document.activeElement.dataset.focus;
  if (focused) queueMicrotask(() => node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus());
  return node;
}
