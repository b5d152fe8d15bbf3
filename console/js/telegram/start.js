/** What is different inside Telegram: its colours, its back button, and what it covers of the page. */

import { effect } from "../vendor/preact.js";
import { wakeUp } from "../browser/awake.js";
import { frameHeight } from "../browser/viewport.js";
import { drafted } from "../composer/drafts.js";
import { pending } from "../composer/outbox.js";
import { closeTopDialog, openDialogs } from "../shell/dialog.js";
import { goTo, parentOf, route } from "../shell/route.js";
import { isAtLeast, listen, tell } from "./bridge.js";
import { followLinks } from "./links.js";
import { followTelegramTheme } from "./theme.js";

/** @typedef {{top?: number, bottom?: number, left?: number, right?: number}} Insets */

const BACK_SINCE = 6.1;

export function startMiniApp() {
  tell("web_app_ready");
  tell("web_app_expand");
  // Scrolling a list must not close the app.
  tell("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  followTelegramTheme();
  followLinks();
  followFrame();
  offerBack();
  askBeforeClosing();
  // The stream does not survive the time in the background.
  listen("visibility_changed", (data) => data.is_visible && wakeUp());
}

function followFrame() {
  listen("viewport_changed", (data) => (frameHeight.value = Number(data.height) || null));
  tell("web_app_request_viewport");
  /** @type {{device: Insets, content: Insets}} */
  const insets = { device: {}, content: {} };
  /** @param {"device" | "content"} which @param {Insets} given */
  function setInsets(which, given) {
    insets[which] = given;
    for (const side of /** @type {const} */ (["top", "bottom"])) {
      const both = Number(insets.device[side] ?? 0) + Number(insets.content[side] ?? 0);
      document.documentElement.style.setProperty(`--inset-${side}`, `${both}px`);
    }
  }
  listen("safe_area_changed", (data) => setInsets("device", data));
  listen("content_safe_area_changed", (data) => setInsets("content", data));
  tell("web_app_request_safe_area");
  tell("web_app_request_content_safe_area");
}

function offerBack() {
  if (!isAtLeast(BACK_SINCE)) return;
  document.documentElement.classList.add("has-back-button");
  effect(() => {
    const isVisible = openDialogs.value > 0 || parentOf(route.value) !== null;
    tell("web_app_setup_back_button", { is_visible: isVisible });
  });
  listen("back_button_pressed", () => {
    const parent = parentOf(route.value);
    if (!closeTopDialog() && parent) goTo(parent, { replace: true });
  });
}

/** Some clients keep nothing: what is written or on its way would be lost. */
function askBeforeClosing() {
  effect(() => {
    const { conversation } = route.value;
    const isWriting = conversation !== null && drafted.value.has(conversation);
    const isNeeded = isWriting || pending.value.length > 0;
    tell("web_app_setup_closing_behavior", { need_confirmation: isNeeded });
  });
}
