import { ENGLISH } from "./labels.en.js";
import { SPANISH } from "./labels.es.js";

/** @typedef {typeof ENGLISH} Labels */

/**
 * The labels for a page in `lang`: its language where there is a table for it, else English.
 *
 * @param {string} lang a language tag such as `es-MX`; may be empty
 * @returns {Labels}
 */
export function labelsFor(lang) {
  const language = lang.toLowerCase().split("-")[0];
  return [SPANISH].find((labels) => labels.language === language) ?? ENGLISH;
}
