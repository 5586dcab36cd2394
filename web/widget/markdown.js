import { create, isWeb } from "./dom.js";

const MARKER = /^(\s*)(?:[-*+•]|(\d{1,9})[.)])\s+/;
const OPENING = /^\s*(?:(#{1,6}) +|(?:> ?)+)?/;
const RULE = /^[-=*_|: ]{3,}$/;

/** The lines of a text, and an empty one where a blank line parts them. */
export const LINES = /.+|(?<=\n)(?=\r?\n)/g;

/**
 * The first that fits: an escape; code (2); strong (4); emphasis by either mark (5, 6); an image (7) or link, its words
 * (8) and address (9).
 */
const INLINE =
  /\\[!-/:-@[-`{-~]|(`+)([^]+?)\1(?!`)|(\*\*|__)(?=\S)([^]*?\S)\3(?!\*)|\*(?=\S)([^]*?\S)\*|(?<!\w)_(?=\S)([^]*?\S)_(?!\w)|(!?)\[([^\]]*)\]\(<?([^\s)>]*)>?[^)]*\)/dg;

/**
 * Which element stands for which of them.
 *
 * @type {Record<number, "code" | "strong" | "em">}
 */
const TAGS = { 2: "code", 4: "strong", 5: "em", 6: "em" };

/** @typedef {(parent: HTMLElement, start: number, end: number) => void} Paint appends a piece of the source */

/**
 * Render a safe subset of Markdown: paragraphs, headings as bold lines, lists, code, bold, italic, links. Everything
 * else stays as it is written. Elements are made one by one and text goes through `paint`, which is given the place
 * of each piece in the source and so can mark it.
 *
 * @param {HTMLElement} target
 * @param {string} source
 * @param {Paint} paint
 */
export function renderMarkdown(target, source, paint) {
  /**
   * Open lists, the outermost first.
   *
   * @type {{ indent: number, list: HTMLElement, item?: HTMLElement }[]}
   */
  let lists = [];
  /**
   * The paragraph or list item that the next line may continue.
   *
   * @type {{ parent: HTMLElement, start: number, end: number } | null}
   */
  let block = null;

  const flush = () => {
    if (block) renderInline(block.parent, source, block.start, block.end, paint);
    block = null;
  };
  /**
   * @param {HTMLElement | undefined} parent
   * @param {"p" | "li" | "ul" | "ol" | "strong"} tag
   * @param {object} [properties]
   */
  const add = (parent, tag, properties) => {
    const node = create(tag, properties);
    (parent ?? target).append(node);
    return node;
  };

  for (const { 0: line, index } of source.matchAll(LINES)) {
    const end = index + line.length;
    const marker = MARKER.exec(line);
    const opening = /** @type {RegExpExecArray} */ (OPENING.exec(line));
    if (!line.trim() || RULE.test(line)) {
      flush();
    } else if (marker) {
      flush();
      const indent = marker[1].length;
      const tag = marker[2] ? "ol" : "ul";
      // A list goes on at its own depth and with its own kind of marker; deeper ones end.
      lists = lists.filter((open) => open.indent < indent - 1 || (open.indent <= indent && open.list.localName === tag));
      let open = lists.at(-1);
      if (!open || open.indent < indent - 1) {
        open = { indent, list: add(open?.item, tag, { start: marker[2] }) };
        lists.push(open);
      }
      open.item = add(open.list, "li");
      block = { parent: open.item, start: index + marker[0].length, end };
    } else if (block && !opening[0].trim() && !line.startsWith("|")) {
      block.end = end;
    } else {
      flush();
      if (!/^\s/.test(line)) lists = [];
      const parent = add(lists.at(-1)?.item, "p");
      block = { parent: opening[1] ? add(parent, "strong") : parent, start: index + opening[0].length, end };
      if (opening[1]) flush();
    }
  }
  flush();
}

/**
 * @param {HTMLElement} parent
 * @param {string} source
 * @param {number} from
 * @param {number} to
 * @param {Paint} paint
 */
function renderInline(parent, source, from, to, paint) {
  let at = from;
  for (const match of source.slice(from, to).matchAll(INLINE)) {
    const indices = /** @type {[number, number][]} */ (match.indices);
    /**
     * @param {number} group
     * @returns {[number, number]}
     */
    const place = (group) => [from + indices[group][0], from + indices[group][1]];
    const [start, end] = place(0);
    paint(parent, at, start);
    at = end;
    const group = [2, 4, 5, 6].find((number) => match[number]);
    const href = match[9];
    if (group) {
      const node = create(TAGS[group]);
      parent.append(node);
      if (group === 2) paint(node, ...place(2));
      else renderInline(node, source, ...place(group), paint);
    } else if (href !== undefined) {
      const node = !match[7] && isWeb(href) ? create("a", { href, target: "_blank", rel: "noopener" }) : parent;
      if (node !== parent) parent.append(node);
      renderInline(node, source, ...place(8), paint);
    } else paint(parent, start + 1, end);
  }
  paint(parent, at, to);
}
