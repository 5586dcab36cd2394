/**
 * An element of the page by its id.
 *
 * @param {string} id
 * @returns {any}
 */
export function part(id) {
  return document.getElementById(id);
}

/**
 * Make an element; everything in it is text or another element, never HTML.
 *
 * @param {string} name
 * @param {object} properties
 * @param {...unknown} content
 */
export function build(name, properties, ...content) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content.map((entry) => (entry instanceof Node ? entry : String(entry ?? "–"))));
  return element;
}

/**
 * @param {string} id
 * @param {string} text
 */
export function show(id, text) {
  part(id).textContent = text;
}

/** @param {string | null | undefined} time in ISO 8601 */
export function when(time) {
  const date = time ? new Date(time) : null;
  return date && !Number.isNaN(date.getTime()) ? date.toLocaleString() : "–";
}
