/** The file of a message: shown inline where the browser can, otherwise as a download. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t, language } from "../i18n/words.js";
import { findFileLink } from "../server/file_links.js";
import { toProblem } from "../server/problem.js";
import { attempt } from "../shell/notices.js";
import { Icon } from "../shell/icons.js";
import { explain } from "../shell/problems.js";
import { typeName } from "../text/labels.js";
import { saveFile } from "../telegram/links.js";
import { fileSize } from "../text/time.js";

/** @import { FileOfMessage, Message } from "../../types.d.ts" */
/** @import { FileLink } from "../server/file_links.js" */

/** @type {Record<string, "img" | "video" | "audio">} */
const INLINE = {
  IMAGE: "img",
  STICKER: "img",
  VIDEO: "video",
  ANIMATION: "video",
  VIDEO_NOTE: "video",
  VOICE: "audio",
  AUDIO: "audio",
};

/** @param {{message: Message, file: FileOfMessage}} props */
export function Attachment({ message, file }) {
  const element = INLINE[message.message_type];
  const [link, setLink] = useState(/** @type {FileLink | null} */ (null));
  const [problem, setProblem] = useState("");
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    if (!element) return undefined;
    let isShown = true;
    findFileLink(message.id).then(
      (found) => isShown && setLink(found),
      (error) => isShown && setProblem(explain(toProblem(error))),
    );
    return () => {
      isShown = false;
    };
  }, [message.id, element]);

  const name = file.name ?? typeName(message.message_type);
  const fail = () => setFailed(true);
  if (!element || problem || hasFailed) {
    return h(Download, { id: message.id, file, name, problem });
  }
  if (!link) {
    return h("div", {
      class: `media-space is-${element}`,
      role: "img",
      "aria-label": t("common.loading"),
    });
  }
  if (element === "img") {
    const isSticker = message.message_type === "STICKER";
    return h(
      "a",
      {
        class: "media",
        href: link.url,
        target: "_blank",
        rel: "noopener",
        "aria-label": t("file.open", { name }),
      },
      h("img", {
        src: isSticker ? link.url : (link.thumbnail_url ?? link.url),
        alt: name,
        class: isSticker ? "is-sticker" : "",
        onError: fail,
      }),
    );
  }
  return h(element, {
    src: link.url,
    poster: link.thumbnail_url ?? undefined,
    preload: "metadata",
    controls: true,
    class: "media",
    "aria-label": name,
    onError: fail,
  });
}

/** @param {{id: string, file: FileOfMessage, name: string, problem: string}} props */
function Download({ id, file, name, problem }) {
  const save = () =>
    attempt(async () => {
      saveFile((await findFileLink(id)).download_url, name);
    });
  return h(
    "button",
    { type: "button", class: "file", onClick: () => void save() },
    h(Icon, { name: "file" }),
    h("bdi", { class: "file-name" }, name),
    file.size !== null && h("span", { class: "quiet small" }, fileSize(file.size, language.value)),
    problem && h("span", { class: "small is-bad" }, problem),
  );
}
