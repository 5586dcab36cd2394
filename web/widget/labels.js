import { ENGLISH } from "./labels.en.js";
import { SPANISH } from "./labels.es.js";

/** @typedef {typeof ENGLISH & Record<string, string | undefined>} Labels the words by what they are for */

/**
 * The tables beside the English one.
 *
 * @type {Labels[]}
 */
const TRANSLATIONS = [SPANISH];

/**
 * The labels for a page in `lang`: its language where there is a table for it, else English.
 *
 * @param {string} lang a language tag such as `es-MX`; may be empty
 * @returns {Labels}
 */
export function labelsFor(lang) {
  const [wanted] = lang.toLowerCase().split("-");
  return TRANSLATIONS.find(({ language }) => language === wanted) ?? ENGLISH;
}
