// Plays Telegram's client around a Mini App: the frame, its head, and the events of both sides.

import { openMiniApp } from "./api.js";
import { confirmBox } from "./dialogs.js";
import { el, icon, iconButton } from "./dom.js";
import { complain, toast } from "./notices.js";
import { nameOf } from "./people.js";
import { themeParams } from "./miniapptheme.js";

const VERSION = "9.1";
const NO_AREA = { top: 0, bottom: 0, left: 0, right: 0 };

/** Open a bot's Mini App as this person; the error is shown in `place`. */
export async function play({ user, bot, url }, place) {
  try {
    const { init_data: data } = await openMiniApp(user, bot.id);
    new MiniApp(bot, withLaunchParams(url, data)).show();
  } catch (error) {
    complain(place, error);
  }
}

function withLaunchParams(url, data) {
  const params = new URLSearchParams({
    tgWebAppData: data,
    tgWebAppVersion: VERSION,
    tgWebAppPlatform: "web",
    tgWebAppThemeParams: JSON.stringify(themeParams()),
  });
  return `${url}#${params}`;
}

class MiniApp {
  #acts = {
    web_app_ready: () => (this.dialog.dataset.ready = "true"),
    web_app_expand: () => this.#tellSize(),
    web_app_close: () => this.#end(),
    web_app_request_theme: () => this.#tell("theme_changed", { theme_params: themeParams() }),
    web_app_request_viewport: () => this.#tellSize(),
    web_app_request_safe_area: () => this.#tell("safe_area_changed", NO_AREA),
    web_app_request_content_safe_area: () => this.#tell("content_safe_area_changed", NO_AREA),
    web_app_setup_back_button: ({ is_visible: isVisible }) => (this.back.hidden = !isVisible),
    web_app_setup_closing_behavior: ({ need_confirmation: asks }) => (this.dialog.dataset.asks = asks),
    web_app_set_header_color: ({ color }) => this.head.style.setProperty("background", color ?? ""),
    web_app_trigger_haptic_feedback: (touch) => this.#shake(touch),
    web_app_open_link: ({ url }) => window.open(url, "_blank", "noopener"),
    web_app_open_tg_link: ({ path_full: path }) => toast(this.dialog, `Telegram opens t.me${path}`),
    web_app_request_file_download: (file) => this.#download(file),
  };

  constructor(bot, url) {
    this.frame = el("iframe", { src: url, title: nameOf(bot), referrerpolicy: "no-referrer" });
    this.back = iconButton("back", "Back in the app", () => this.#tell("back_button_pressed"), { hidden: true });
    const small = iconButton("down", "Minimise the app", () => this.#minimise());
    this.head = el(
      "header",
      { class: "mini-app-head" },
      this.back,
      el("h2", { text: nameOf(bot) }),
      small,
      iconButton("close", "Close the app", () => this.#ask()),
    );
    this.dialog = el("dialog", { class: "mini-app", "aria-label": "Mini App" }, this.head, this.frame);
    this.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.#ask()));
    this.hear = (event) => event.source === this.frame.contentWindow && this.#hear(event.data);
  }

  show() {
    window.addEventListener("message", this.hear);
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  #hear(said) {
    let event = null;
    try {
      event = JSON.parse(said);
    } catch {
      return; // it is no event of a Mini App
    }
    this.#acts[event?.eventType]?.(event.eventData ?? {});
  }

  #tell(eventType, eventData = {}) {
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  }

  #tellSize() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    this.#tell("viewport_changed", { width, height, is_expanded: true, is_state_stable: true });
  }

  #minimise() {
    this.dialog.close();
    this.#tell("visibility_changed", { is_visible: false });
    const open = el("button", {
      type: "button",
      class: "mini-app-bar",
      text: `Open ${this.frame.title} again`,
      on: { click: () => this.#resume(open) },
    });
    open.prepend(icon("back"));
    document.body.append(open);
  }

  #resume(bar) {
    bar.remove();
    this.dialog.showModal();
    this.#tell("visibility_changed", { is_visible: true });
  }

  #shake(touch) {
    this.dialog.dataset.touch = touch.notification_type ?? touch.impact_style ?? touch.type;
  }

  #download({ url, file_name: name }) {
    this.#tell("file_download_requested", { status: "downloading" });
    toast(this.dialog, `Downloading ${name}`);
    el("a", { href: url, download: name, rel: "noopener" }).click();
  }

  #ask() {
    const warning = "Changes that you made may not be saved.";
    if (this.dialog.dataset.asks === "true") confirmBox(warning, "Close anyway", () => this.#end());
    else this.#end();
  }

  #end() {
    window.removeEventListener("message", this.hear);
    this.dialog.remove();
  }
}
