import { create } from "./dom.js";

const MARKER = /^(\s*)(?:[-*+•]|(\d{1,9})[.)])\s+/;
const OPENING = /^\s*(?:(#{1,6}) +|(?:> ?)+)?/;
const RULE = /^[-=*_|: ]{3,}$/;
const SAFE_ADDRESS = /^(?:https?|mailto):/i;

/** Escape, code, strong, emphasis by either mark, link or image: the first that fits. */
const INLINE = new RegExp(
  [
    /\\[!-/:-@[-`{-~]/,
    /(?<tick>`+)(?<code>[^]+?)\k<tick>(?!`)/,
    /(?<two>\*\*|__)(?=\S)(?<strong>[^]*?\S)\k<two>(?!\*)/,
    /\*(?=\S)(?<starred>[^]*?\S)\*/,
    /(?<!\w)_(?=\S)(?<underlined>[^]*?\S)_(?!\w)/,
    /(?<image>!?)\[(?<words>[^\]]*)\]\(<?(?<address>[^\s)>]*)>?[^)]*\)/,
  ]
    .map((form) => form.source)
    .join("|"),
  "dg",
);

/**
 * Render a safe subset of Markdown: paragraphs, headings as bold lines, lists, code, bold, italic, links. Everything
 * else stays as it is written. Elements are made one by one and text goes through `paint`, which is given the place
 * of each piece in the source and so can mark it.
 *
 * @param {HTMLElement} target
 * @param {string} source
 * @param {(parent: HTMLElement, start: number, end: number) => void} paint
 */
export function renderMarkdown(target, source, paint) {
  /** Open lists, the outermost first. */
  let lists = [];
  /** The paragraph or list item that the next line may continue. */
  let block = null;

  const flush = () => {
    if (block) renderInline(block.parent, source, block.start, block.end, paint);
    block = null;
  };
  const add = (parent, tag, attributes) => {
    const node = create(tag, attributes);
    (parent ?? target).append(node);
    return node;
  };

  for (const { 0: line, index } of source.matchAll(/.+|(?<=\n)(?=\r?\n)/g)) {
    const end = index + line.length;
    const marker = MARKER.exec(line);
    const opening = OPENING.exec(line);
    if (!line.trim() || RULE.test(line)) {
      flush();
    } else if (marker) {
      flush();
      const indent = marker[1].length;
      const tag = marker[2] ? "OL" : "UL";
      // A list goes on at its own depth and with its own kind of marker; deeper ones end.
      lists = lists.filter((open) => open.indent < indent - 1 || (open.indent <= indent && open.list.tagName === tag));
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

function renderInline(parent, source, from, to, paint) {
  let at = from;
  for (const { indices, groups } of source.slice(from, to).matchAll(INLINE)) {
    const place = (range) => range.map((offset) => from + offset);
    const [start, end] = place(indices[0]);
    paint(parent, at, start);
    at = end;
    const nest = (name, node) => {
      if (node !== parent) parent.append(node);
      renderInline(node, source, ...place(indices.groups[name]), paint);
    };
    const { code, strong, starred, underlined, image, address } = groups;
    if (code) {
      const node = create("code");
      parent.append(node);
      paint(node, ...place(indices.groups.code));
    } else if (strong) nest("strong", create("strong"));
    else if (starred) nest("starred", create("em"));
    else if (underlined) nest("underlined", create("em"));
    else if (address !== undefined) {
      const leads = !image && SAFE_ADDRESS.test(address);
      nest("words", leads ? create("a", { href: address, target: "_blank", rel: "noopener" }) : parent);
    } else paint(parent, start + 1, end);
  }
  paint(parent, at, to);
}
