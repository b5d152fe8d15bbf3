/** The console's icons, drawn on a grid of 24. */

import { h } from "../vendor/preact.js";

const PATHS = {
  inbox: "M4 13h4l1.5 3h5L16 13h4M5.5 5h13L20 13v5.5a.5.5 0 0 1-.5.5h-15a.5.5 0 0 1-.5-.5V13z",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.5 15.5 20 20",
  more: "M5 7h14M5 12h14M5 17h9",
  settings:
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10.3 4h3.4l.5 2.3 1.7 1 2.2-.8 1.7 3-1.7 1.5v2l1.7 1.5-1.7 3-2.2-.8-1.7 1-.5 2.3h-3.4l-.5-2.3-1.7-1-2.2.8-1.7-3L5.9 13v-2L4.2 9.5l1.7-3 2.2.8 1.7-1z",
  plus: "M12 5v14M5 12h14",
  forward: "M9.5 5.5 16 12l-6.5 6.5",
  back: "M14.5 5.5 8 12l6.5 6.5",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4.5 19.5 20 12 4.5 4.5 7 12zM7 12h6",
  attach:
    "M18 11.5 11.7 17.8a3.8 3.8 0 0 1-5.4-5.4l6.8-6.8a2.5 2.5 0 0 1 3.6 3.6l-6.7 6.7a1.2 1.2 0 0 1-1.7-1.7l6-6",
  note: "M6 4.5h12v10L14 19.5H6zM14 19.5v-5h4M9 8.5h6M9 11.5h3.5",
  reply: "M9.5 6 4.5 11l5 5M5 11h8.5a6 6 0 0 1 6 6v1",
  person:
    "M12 4.5a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6zM5 20c.6-3.8 3.3-5.6 7-5.6s6.4 1.8 7 5.6",
  team: "M9 6a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3.5 19c.4-3.2 2.5-4.7 5.5-4.7s5.1 1.5 5.5 4.7M15.5 6.4a2.8 2.8 0 0 1 0 5.3M17 14.6c2 .5 3.2 2 3.5 4.4",
  check: "M5 12.5 10 17 19 7.5",
  checks: "M2.5 12.5 7 17 15 8M11 15.5l1.5 1.5L21.5 8",
  clock: "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8v4.2l2.8 1.8",
  alert: "M12 5 3.8 19h16.4zM12 10v4M12 16.6v.2",
  claim:
    "M8 11V6.8a1.3 1.3 0 0 1 2.6 0V11M10.6 10.5V5.3a1.3 1.3 0 0 1 2.6 0v5.2M13.2 10.8V6.6a1.3 1.3 0 0 1 2.6 0v6.9c0 3.6-2 6-5.2 6-2.6 0-4-1.3-5.2-3.8L4 12.8a1.2 1.2 0 0 1 2-1.3L8 14",
  end: "M5 12.5 10 17 19 7.5M4 4.5h16",
  transfer: "M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19",
  menu: "M12 5.5v.1M12 12v.1M12 18.5v.1",
  spark: "M12 4l1.7 5.3L19 11l-5.3 1.7L12 18l-1.7-5.3L5 11l5.3-1.7zM18.5 16.5v4M16.5 18.5h4",
  template: "M5 4.5h14v15H5zM8 8.5h8M8 12h8M8 15.5h4.5",
  file: "M7 4h7l4 4v12H7zM14 4v4h4",
  down: "M6 9.5 12 15.5 18 9.5",
  tag: "M4.5 4.5H12l7.5 7.5-7 7-8-7.5zM8.5 8.5v.1",
  snooze: "M7 5h5l-5 6h5M14 12h4l-4 5h4",
  keyboard: "M3.5 7h17v10h-17zM7 10.5v.1M10.5 10.5v.1M14 10.5v.1M17 10.5v.1M8 14h8",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{name: IconName, size?: number}} props */
export function Icon({ name, size = 20 }) {
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    h("path", { d: PATHS[name] }),
  );
}
