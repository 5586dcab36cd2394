/**
 * Make an element and set some of its properties. Children are nodes or text, what is empty is left out: there is no
 * way in for markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object | null} [properties] by their names in scripts
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function create(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const child of children) if (child) node.append(child);
  return node;
}

/**
 * Make a button.
 *
 * @param {object} properties
 * @param {() => void} onclick
 * @param {...(Node | string)} children
 */
export function createButton(properties, onclick, ...children) {
  return create("button", { onclick, ...properties }, ...children);
}

/**
 * A small line in a quiet colour.
 *
 * @param {...(Node | string)} words
 */
export function createNote(...words) {
  return create("p", { className: "note" }, ...words);
}

/**
 * Words for those who cannot see what an icon or the place of a bubble says.
 *
 * @param {string} [text]
 */
export function unseen(text) {
  // Its own direction keeps it from deciding that of the message around it.
  return create("span", { className: "unseen", dir: "ltr" }, text);
}

/**
 * Draw one of the widget's few icons: a path on a 24 by 24 grid, coloured by the text around it.
 *
 * @param {string} path
 * @returns {Element}
 */
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * Put a value into a label: `fill("Call {phone}.", "112")`.
 *
 * @param {string} label
 * @param {any} value
 */
export function fill(label, value) {
  return label.replace(/{.*}/, () => value);
}

/**
 * Whether an address may be linked to: anything else could be a script.
 *
 * @param {any} address
 * @returns {address is string}
 */
export function isWeb(address) {
  return /^https?:/i.test(address);
}
