// WhatsApp's marks (*bold*, _italic_, ~gone~, `code`, > quote) as the entities that the page draws.

const MARKS = { "*": "bold", _: "italic", "~": "strikethrough" };
const SPAN =
  /```(?<pre>[\s\S]+?)```|`(?<code>[^`\n]+)`|(?<url>https?:\/\/[^\s<>]*[^\s<>.,!?)*_~])|(?<![\p{L}\p{N}])(?<mark>[*_~])(?=\S)(?<inner>[^\n]*?\S)\k<mark>(?![\p{L}\p{N}])/gu;

/** Return the text without its marks, and entities for the marked parts. */
export function readMarks(source) {
  const out = { text: "", entities: [] };
  for (const [quoted, lines] of blocks(source)) {
    if (out.text) out.text += "\n";
    wrapped(out, quoted ? "blockquote" : null, () => spans(out, lines.join("\n")));
  }
  return out;
}

/** Return runs of lines that are quoted or not. */
function blocks(source) {
  const found = [];
  for (const line of source.split("\n")) {
    const quoted = line.startsWith("> ");
    if (found.at(-1)?.[0] !== quoted) found.push([quoted, []]);
    found.at(-1)[1].push(quoted ? line.slice(2) : line);
  }
  return found;
}

function spans(out, source) {
  let at = 0;
  for (const match of source.matchAll(SPAN)) {
    const { pre, code, url, mark, inner } = match.groups;
    out.text += source.slice(at, match.index);
    at = match.index + match[0].length;
    if (mark) wrapped(out, MARKS[mark], () => spans(out, inner));
    else wrapped(out, pre ? "pre" : code ? "code" : "url", () => (out.text += pre ?? code ?? url));
  }
  out.text += source.slice(at);
}

function wrapped(out, type, write) {
  const offset = out.text.length;
  const entity = { type, offset };
  if (type) out.entities.push(entity);
  write();
  entity.length = out.text.length - offset;
}
