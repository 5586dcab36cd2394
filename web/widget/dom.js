/**
 * Make an element. A function becomes a listener (`onclick`), `true` an empty attribute; what is `false`, `null` or
 * `undefined` is left out. Children are nodes or text: there is no way in for markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function create(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes) {
    const value = attributes[name];
    if (value?.call) node.addEventListener(name.slice(2), value);
    else if (value || value === 0) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

/**
 * Make a button that does not send a form.
 *
 * @param {Record<string, unknown>} attributes
 * @param {() => void} onclick
 * @param {...(Node | string)} children
 */
export function createButton(attributes, onclick, ...children) {
  return create("button", { type: "button", onclick, ...attributes }, ...children);
}

/**
 * Words for those who cannot see what an icon or the place of a bubble says.
 *
 * @param {string} [text]
 */
export function unseen(text) {
  // Its own direction keeps it from deciding that of the message around it.
  return create("span", { class: "unseen", dir: "ltr" }, text);
}

/**
 * Draw one of the widget's few icons: a path on a 24 by 24 grid, coloured by the text around it.
 *
 * @param {string} path
 * @returns {SVGElement}
 */
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * Put values into a label: `fill("Call {phone}.", { phone: "112" })`.
 *
 * @param {string} label
 * @param {Record<string, unknown>} values
 */
export function fill(label, values) {
  return label.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
