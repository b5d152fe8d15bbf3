/** Webhooks: a list, one of them with its deliveries, a new one. */

import { h, useEffect, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { get, patch, post, remove } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { Action } from "../frame/action.js";
import { Copyable } from "../frame/copyable.js";
import { Checks, Switch, TextField } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { ItemRow, showList, useList } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { AddLink, addressOf, Part, Screen } from "../frame/screen.js";
import { t } from "../words.js";

/** @import { FormState } from "../frame/form.js" */
/** @import { Delivery, Webhook } from "../types.d.ts" */

const WATCH_TIMES = 10;
const WATCH_PAUSE_MS = 2000;

/** @param {{path: string[]}} props */
export function Webhooks({ path }) {
  const [id] = path;
  if (id === "new") return h(NewWebhook, null);
  return id ? h(WebhookScreen, { key: id, id }) : h(WebhookList, null);
}

function WebhookList() {
  const loaded = useLoaded(loadAll, []);
  return h(
    Screen,
    {
      title: t("webhook.title"),
      help: t("webhook.help"),
      action: h(AddLink, { href: addressOf("webhooks", "new"), words: t("list.add") }),
    },
    showLoaded(loaded, ({ items }) =>
      items.length === 0
        ? h(
            "div",
            { class: "empty", role: "status" },
            h("p", { class: "empty-title" }, t("webhook.none")),
            h("p", { class: "quiet" }, t("webhook.none_next")),
          )
        : h(
            "ul",
            { class: "hits" },
            items.map((each) =>
              h(ItemRow, {
                key: each.id,
                href: addressOf("webhooks", each.id),
                title: each.name,
                text: each.url,
                marks: listMarks(each),
              }),
            ),
          ),
    ),
  );
}

/** @param {Webhook} webhook @returns {[string, ("warning" | "priority" | "good")?][]} */
function listMarks({ is_active, failures }) {
  if (!is_active) return [[t("webhook.off"), "warning"]];
  return failures > 0 ? [[t("webhook.failing", { n: failures }), "priority"]] : [];
}

/** @returns {Promise<{items: Webhook[], event_kinds: string[]}>} */
const loadAll = () => get("/webhooks");

/** @param {{form: FormState<any>}} props */
function WebhookFields({ form }) {
  const { value } = useLoaded(loadAll, []);
  /** @type {[string, string][]} */
  const options = (value?.event_kinds ?? []).map((each) => [each, each]);
  return [
    h(TextField, {
      key: "name",
      form,
      name: "name",
      label: t("webhook.name"),
      isRequired: true,
      maxLength: 120,
    }),
    h(TextField, {
      key: "url",
      form,
      name: "url",
      label: t("webhook.url"),
      help: t("webhook.url_help"),
      type: "url",
      isRequired: true,
      maxLength: 2000,
    }),
    h(Checks, {
      key: "events",
      form,
      name: "events",
      label: t("webhook.events"),
      help: t("webhook.events_help"),
      options,
    }),
  ];
}

function NewWebhook() {
  const [made, setMade] = useState(/** @type {(Webhook & {secret: string}) | null} */ (null));
  const form = useForm({
    isNew: true,
    initial: { name: "", url: "https://", events: /** @type {string[]} */ ([]) },
    save: async (values) => setMade(await post("/webhooks", values)),
  });
  const back = addressOf("webhooks");
  if (made) {
    return h(
      Screen,
      { title: made.name, back },
      h(Copyable, {
        label: t("webhook.secret"),
        value: made.secret,
        help: t("webhook.secret_help"),
      }),
      h(
        "a",
        { class: "button is-primary", href: addressOf("webhooks", made.id) },
        t("webhook.go_on"),
      ),
    );
  }
  return h(
    Screen,
    { title: t("webhook.add"), back },
    h(Form, { form, action: t("webhook.add") }, h(WebhookFields, { form })),
  );
}

/** @param {{id: string}} props */
function WebhookScreen({ id }) {
  const loaded = useLoaded(() => /** @type {Promise<Webhook>} */ (get(`/webhooks/${id}`)), [id]);
  return h(
    Screen,
    { title: loaded.value?.name ?? t("webhook.title"), back: addressOf("webhooks") },
    showLoaded(loaded, (webhook) => h(Details, { webhook, onSaved: loaded.set })),
  );
}

/** @param {{webhook: Webhook, onSaved: (webhook: Webhook) => void}} props */
function Details({ webhook, onSaved }) {
  const { name, url, events, is_active } = webhook;
  const path = `/webhooks/${webhook.id}`;
  const [secret, setSecret] = useState("");
  /** @type {import("../frame/list.js").List<Delivery>} */
  const deliveries = useList(`${path}/deliveries`);
  const watch = useWatch(deliveries.reload);
  const form = useForm({
    initial: { name, url, events, is_active },
    save: async (_, changes) => onSaved(await patch(path, changes)),
  });
  return [
    h(
      Form,
      { key: "form", form },
      h(WebhookFields, { form }),
      h(Switch, {
        form,
        name: "is_active",
        label: t("webhook.is_active"),
        help: t("webhook.is_active_help"),
      }),
    ),
    h(
      Part,
      { key: "deliveries", title: t("webhook.deliveries"), help: t("webhook.deliveries_help") },
      h(Action, { words: t("webhook.test"), run: () => post(`${path}/test`), done: watch }),
      showList(deliveries, {
        nothing: { title: t("webhook.no_deliveries"), help: t("webhook.no_deliveries_next") },
        show: (each) => h(DeliveryRow, { key: each.id, delivery: each, path, onDone: watch }),
      }),
    ),
    h(
      Part,
      { key: "secret", title: t("webhook.secret") },
      secret
        ? h(Copyable, { label: t("webhook.secret"), value: secret, help: t("webhook.secret_help") })
        : h(Action, {
            words: t("webhook.renew"),
            question: {
              title: t("webhook.renew_sure"),
              text: t("webhook.renew_text"),
            },
            run: async () =>
              setSecret(
                (await /** @type {Promise<{secret: string}>} */ (post(`${path}/secret`))).secret,
              ),
          }),
      h(Action, {
        words: t("webhook.delete"),
        question: {
          title: t("webhook.delete_sure"),
          text: t("webhook.delete_text", { name }),
        },
        run: () => remove(path),
        done: () => (location.hash = addressOf("webhooks")),
      }),
    ),
  ];
}

/** Return how to reload now and for a while: what is tried succeeds or fails soon. @param {() => void} reload */
function useWatch(reload) {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left === 0) return undefined;
    reload();
    const timer = setTimeout(() => setLeft(left - 1), WATCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [left]);
  return () => setLeft(WATCH_TIMES);
}

/** @param {{delivery: Delivery, path: string, onDone: () => void}} props */
function DeliveryRow({ delivery, path, onDone }) {
  const { state, event, status, error, attempts, created_at } = delivery;
  const isGood = state === "delivered";
  return h(
    "li",
    { class: "log-row" },
    h(
      "span",
      { class: "row-main" },
      h("strong", null, event),
      h(
        "span",
        { class: "quiet small" },
        fullTime(created_at, language.value),
        " · ",
        t("webhook.attempts", { n: attempts }),
        status ? ` · HTTP ${status}` : "",
      ),
      error && h("span", { class: "small is-bad", dir: "auto" }, error),
    ),
    h("span", { class: `mark ${isGood ? "is-good" : "is-warning"}` }, t(`webhook_state.${state}`)),
    state !== "pending" &&
      h(Action, {
        words: t("webhook.repeat"),
        run: () => post(`${path}/deliveries/${delivery.id}/replay`),
        done: onDone,
      }),
  );
}
