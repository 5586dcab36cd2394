import { create } from "./dom.js";
import { LINES, renderMarkdown } from "./markdown.js";

/** A text fragment of more words names only so many of its first and of its last. */
const EDGE_WORDS = 5;

/**
 * Render a passage word for word, with its highlights marked.
 *
 * @param {import("./api.js").Passage} passage
 * @returns {HTMLQuoteElement}
 */
export function renderQuote({ text, format, highlights }) {
  const quote = create("blockquote", { dir: "auto" });
  const ranges = inUnits(text, highlights);
  /** @type {import("./markdown.js").Paint} */
  const paint = (parent, start, end) => {
    for (const [from, to] of ranges) {
      const first = Math.max(start, from);
      const last = Math.min(to, end);
      if (first >= last) continue;
      parent.append(text.slice(start, first), create("mark", null, text.slice(first, last)));
      start = last;
    }
    parent.append(text.slice(start, end));
  };
  (format === "markdown" ? renderMarkdown : renderLines)(quote, text, paint);
  return quote;
}

/**
 * The link to a quote on its page: browsers scroll to the words after `:~:text=` and mark them.
 *
 * @param {string} address
 * @param {HTMLElement} quote what `renderQuote` gave
 */
export function textFragment(address, quote) {
  const mark = quote.querySelector("mark");
  const block = /** @type {HTMLElement} */ (mark?.closest("p, li") ?? quote.firstChild);
  const said = document.createRange();
  said.selectNodeContents(block);
  if (mark) {
    said.setStartBefore(mark);
    said.setEndAfter([...block.querySelectorAll("mark")].at(-1) ?? mark);
  }
  const words = said.toString().replace(/^[^\p{L}\d]+/u, "").trim().split(/\s+/);
  const edges = words.length > 2 * EDGE_WORDS ? [words.slice(0, EDGE_WORDS), words.slice(-EDGE_WORDS)] : [words];
  // A dash of the text itself would be read as a mark of the fragment's own grammar.
  const encoded = edges.map((edge) => encodeURIComponent(edge.join(" ")).replaceAll("-", "%2D"));
  return `${address}${address.includes("#") ? "" : "#"}:~:text=${encoded}`;
}

/**
 * Highlights come in code points, JavaScript slices by UTF-16 units.
 *
 * @param {string} text
 * @param {[number, number][]} highlights
 */
function inUnits(text, highlights) {
  const characters = [...text];
  /** @param {number} point */
  const unit = (point) => characters.slice(0, point).join("").length;
  return highlights.map((range) => range.map(unit));
}

/**
 * Plain text: blank lines part paragraphs, and a line with a bullet hangs from it.
 *
 * @param {HTMLElement} quote
 * @param {string} text
 * @param {import("./markdown.js").Paint} paint
 */
function renderLines(quote, text, paint) {
  /** @type {HTMLElement | null} */
  let block = null;
  for (const { 0: line, index } of text.matchAll(LINES)) {
    if (!line.trim()) {
      block = null;
      continue;
    }
    if (!block) quote.append((block = create("p")));
    const row = create("span", { className: /^\s*([^\p{L}\d\s]|\d+[.)])\s/u.test(line) ? "item" : "" });
    paint(row, index, index + line.length);
    block.append(row, "\n");
  }
}
