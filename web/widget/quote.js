import { create } from "./dom.js";
import { renderMarkdown } from "./markdown.js";

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
  const paint = (parent, start, end) => {
    let at = start;
    for (const [from, to] of ranges) {
      if (to <= at || from >= end) continue;
      const first = Math.max(at, from);
      const last = Math.min(to, end);
      parent.append(text.slice(at, first), create("mark", null, text.slice(first, last)));
      at = last;
    }
    parent.append(text.slice(at, end));
  };
  if (format === "markdown") renderMarkdown(quote, text, paint);
  else renderLines(quote, text, paint);
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
  const block = mark ? mark.closest("p, li") : quote.firstChild;
  const said = mark ? Array.from(block.querySelectorAll("mark"), (piece) => piece.textContent).join("") : block.textContent;
  const words = said.replace(/^[^\p{L}\p{N}]+/u, "").trim().split(/\s+/);
  const edges = words.length > 2 * EDGE_WORDS ? [words.slice(0, EDGE_WORDS), words.slice(-EDGE_WORDS)] : [words];
  // A dash of the text itself would be read as a mark of the fragment's own grammar.
  const encoded = edges.map((edge) => encodeURIComponent(edge.join(" ")).replaceAll("-", "%2D"));
  return `${address}${address.includes("#") ? "" : "#"}:~:text=${encoded}`;
}

/** Highlights come in code points, JavaScript slices by UTF-16 units. */
function inUnits(text, highlights) {
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  const ranges = highlights.map((range) => range.map((point) => units[point]));
  // What points outside the text compares as false.
  return ranges.filter(([start, end]) => start < end).sort(([one], [other]) => one - other);
}

/** Plain text: blank lines part paragraphs, and a line with a bullet hangs from it. */
function renderLines(quote, text, paint) {
  let block = null;
  for (const { 0: line, index } of text.matchAll(/.+|(?<=\n)(?=\r?\n)/g)) {
    if (!line.trim()) {
      block = null;
      continue;
    }
    if (!block) quote.append((block = create("p")));
    const row = create("span", { class: /^\s*(?:[•◦▪‣·*–-]|\d{1,3}[.)])\s/.test(line) && "item" });
    paint(row, index, index + line.length);
    block.append(row, "\n");
  }
}
