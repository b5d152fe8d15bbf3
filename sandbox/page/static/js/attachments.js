// Files that a person chooses, and sample files.

import { el, icon, iconButton } from "./dom.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/webp"]);

/** Samples to send, as the control API expects them. */
export const SAMPLES = [
  { label: "Sample picture", icon: "photo", message: { media: { kind: "photo" } } },
  { label: "Sample voice message", icon: "mic", message: { media: { kind: "voice" } } },
  { label: "Sample sticker", icon: "sticker", message: { media: { kind: "sticker" } } },
  {
    label: "Sample location",
    icon: "place",
    message: { location: { latitude: 52.5163, longitude: 13.3777 } },
  },
  {
    label: "Sample contact",
    icon: "person",
    message: { contact: { phone_number: "+49 30 901820", first_name: "Robin", last_name: "Vale" } },
  },
];

function kindOf(file, asFile) {
  if (asFile) return "document";
  if (PICTURES.has(file.type)) return "photo";
  if (file.type === "image/gif") return "animation";
  return { video: "video", audio: "audio" }[file.type.split("/")[0]] ?? "document";
}

/** Return a chosen file as the control API's media, with its bytes in base64. */
export async function mediaOf({ file, asFile }) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(new Error(`${file.name} could not be read`)));
    reader.readAsDataURL(file);
  });
  return {
    kind: kindOf(file, asFile),
    name: file.name,
    mime: file.type || "application/octet-stream",
    data: address.slice(address.indexOf(",") + 1),
  };
}

/** Let the person choose files; `asFile` sends pictures uncompressed, as files. */
export function chooseFiles(asFile, onChosen) {
  const input = el("input", {
    type: "file",
    multiple: true,
    accept: asFile ? null : "image/*,video/*",
    hidden: true,
  });
  input.addEventListener("change", () => {
    onChosen([...input.files].map((file) => ({ file, asFile })));
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input); // assistive tools cannot reach a detached input
  input.click();
}

/** Return the files to send, each with a button that removes it. */
export function waitingFiles(files, takeOut) {
  const one = (chosen, i) =>
    el(
      "li",
      {},
      icon(kindOf(chosen.file, chosen.asFile) === "photo" ? "photo" : "file"),
      el("span", { text: chosen.file.name }),
      iconButton("close", `Remove ${chosen.file.name}`, () => takeOut(i)),
    );
  return el("ul", { class: "waiting-files", "aria-label": "Files to send" }, files.map(one));
}
