// Pictures, videos, stickers and files of a message.

import { fileUrl } from "./api.js";
import { duration } from "./dates.js";
import { el, icon } from "./dom.js";
import { player } from "./player.js";

/** Return the media of a message, or null. */
export function renderMedia(message) {
  if (message.photo) return picture(message.photo);
  if (message.animation) return film(message.animation, { loop: true, label: "GIF" });
  if (message.video) return film(message.video, { label: duration(message.video.duration) });
  if (message.video_note)
    return film(message.video_note, { round: true, label: duration(message.video_note.duration) });
  if (message.voice) return player(message.voice, "Voice message");
  if (message.audio) return player(message.audio, message.audio.title ?? message.audio.file_name ?? "Audio");
  if (message.sticker) return sticker(message.sticker);
  return message.document ? file(message.document) : null;
}

/** Return true if the media fills the bubble to its edges. */
export const isVisual = (message) =>
  !!(message.photo || message.video || message.animation || message.location);

/** Return true if the message has no bubble. */
export const isBare = (message) => !!(message.sticker || message.video_note || message.dice);

function picture(sizes) {
  const largest = sizes.reduce((a, b) => (a.width * a.height >= b.width * b.height ? a : b));
  const source = fileUrl(largest.file_id);
  const image = el("img", { src: source, alt: "Photo", loading: "lazy", style: ratio(largest) });
  image.addEventListener("error", () => image.replaceWith(missing("photo", "Photo")));
  return el(
    "button",
    {
      type: "button",
      class: "picture",
      "aria-label": "Photo: show large",
      on: { click: () => enlarge(source) },
    },
    image,
  );
}

// Its space is reserved before the bytes arrive, so that nothing moves.
const ratio = ({ width, height }) => (width && height ? { "aspect-ratio": `${width} / ${height}` } : {});

function enlarge(source) {
  const close = () => dialog.close();
  const image = el("img", { src: source, alt: "Photo" });
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": "Photo" },
    el("button", { type: "button", "aria-label": "Close the photo", on: { click: close } }, image),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function film(video, { loop = false, round = false, label }) {
  const node = el("video", {
    src: fileUrl(video.file_id),
    controls: !loop && !round,
    loop: loop || round,
    preload: "metadata",
    "aria-label": "Video",
  });
  const frame = el(
    "div",
    { class: round ? "film round" : "film" },
    node,
    el("span", { class: "film-label", text: label }),
  );
  node.addEventListener("error", () =>
    frame.replaceWith(missing("video", `${video.file_name ?? "Video"} · ${label}`)),
  );
  if (loop || round) node.addEventListener("click", () => (node.paused ? node.play() : node.pause()));
  return frame;
}

const SMALLEST_STICKER = 16;

function sticker(file) {
  const emoji = el("span", { class: "sticker-emoji", text: file.emoji ?? "🙂" });
  if (file.is_animated) return emoji;
  const node = file.is_video
    ? el("video", { class: "sticker", src: fileUrl(file.file_id), autoplay: true, loop: true, muted: true })
    : el("img", { class: "sticker", src: fileUrl(file.file_id), alt: `Sticker ${file.emoji ?? ""}` });
  node.addEventListener("error", () => node.replaceWith(emoji));
  // The sandbox's sample is one blank pixel, so its emoji is shown instead.
  node.addEventListener("load", () => node.naturalWidth < SMALLEST_STICKER && node.replaceWith(emoji));
  return node;
}

const missing = (name, label) => el("span", { class: "media-chip" }, icon(name), el("span", { text: label }));

function file(document_) {
  const name = document_.file_name ?? "File";
  return el(
    "a",
    { class: "file", href: fileUrl(document_.file_id), download: name, title: `Download ${name}` },
    el("span", { class: "file-icon" }, icon("file")),
    el("span", { class: "file-name", text: name }),
    el("span", { class: "file-size", text: size(document_.file_size) }),
  );
}

/** Return a size in readable units. */
export function size(bytes) {
  if (!bytes) return "File";
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
