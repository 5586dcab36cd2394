/** How long one request may take, in milliseconds, before the visitor is told. */
const PATIENCE = 15000;

/**
 * What a status tells the visitor, other than that the server has failed.
 *
 * @type {Record<number, string>}
 */
const REASONS = { 400: "rejected", 422: "rejected", 429: "busy" };

/**
 * Only while a classic script runs does the page say which one it is, so the address is read here and now. Of a module
 * it never does: then it is the script with the name.
 */
const SCRIPT = document.currentScript ?? document.querySelector("script[src*='widget.js']");
const SCRIPT_ADDRESS = /** @type {HTMLScriptElement | null} */ (SCRIPT)?.src || location.href;

/**
 * @typedef {object} Citation
 * @property {string} title
 * @property {string[]} section
 * @property {string | null} publisher
 * @property {string | null} author
 * @property {string | null} url
 * @property {string | null} reviewed
 * @property {string} page
 *
 * @typedef {object} Passage
 * @property {string} id
 * @property {string} text
 * @property {"text" | "markdown"} format
 * @property {[number, number][]} highlights in code points of `text`
 * @property {{ text: string } | null} context
 * @property {Citation} citation
 *
 * @typedef {object} Reply one reply of `POST /api/chat`
 * @property {string} id
 * @property {"answer" | "refusal" | "emergency" | "crisis" | "no_answer" | "clarify" | "smalltalk"} kind
 * @property {string} text
 * @property {Passage[]} passages
 * @property {string | null} question
 * @property {{ typed: string, read: string }[]} corrections
 * @property {string[]} suggestions
 *
 * @typedef {{ name: string, phone?: string, url?: string, hours?: string }} Person
 *
 * @typedef {object} Settings what `GET /api/widget` says
 * @property {string | null} [heading]
 * @property {string[]} [starters]
 * @property {Person[]} [emergency_numbers]
 * @property {Person[]} [crisis_lines]
 * @property {Person[]} [contact]
 * @property {{ kept: boolean, days: number | null }} [feedback]
 */

/**
 * For `JSON.stringify`: every value as it is, even where an old library has given all arrays a `toJSON` of their own.
 *
 * @this {any}
 * @param {string} key
 */
export function asItIs(key) {
  return this[key];
}

/**
 * Speaks the HTTP API of one server. What goes wrong is an `Error` whose message is the key of the label that tells the
 * visitor: `offline`, `timeout`, `busy`, `rejected` or `server`.
 */
export class AnswerClient {
  #base;

  /** @param {string} address of the API; empty for the folder the script came from */
  constructor(address) {
    this.#base = address ? new URL(address.replace(/\/*$/, "/"), document.baseURI) : new URL(".", SCRIPT_ADDRESS);
  }

  /** The address in one string, to tell apart the conversations with two servers. */
  get address() {
    return this.#base.href;
  }

  /**
   * @param {string} message
   * @param {object[]} history
   * @param {AbortSignal} signal
   * @returns {Promise<Reply>}
   */
  async ask(message, history, signal) {
    const reply = await this.#fetch("chat", { message, history }, signal);
    // Something that answers with a page (a proxy, a sign-in) answers nothing.
    if (reply?.passages) return reply;
    throw Error("server");
  }

  /**
   * What to show beside the conversation; null where the server does not say.
   *
   * @returns {Promise<Settings | null>}
   */
  settings() {
    return this.#fetch("widget").catch(() => null);
  }

  /**
   * @param {{ reply: string, helpful: boolean }} feedback
   * @returns {Promise<boolean>} whether it was kept
   */
  feedback(feedback) {
    return this.#fetch("feedback", feedback).then(() => true, () => false);
  }

  /**
   * The full address of one of the server's own pages; a server under a path may or may not have put it in front.
   *
   * @param {string} page such as `/documents/a.txt#passage`
   */
  page(page) {
    return new URL(page.startsWith(this.#base.pathname) ? page : page.replace(/^\/+/, ""), this.#base).href;
  }

  /**
   * Send a request and read its JSON (null where it is none), both within the time a visitor waits.
   *
   * @param {string} path
   * @param {object} [body]
   * @param {...AbortSignal} signals
   * @returns {Promise<any>}
   */
  async #fetch(path, body, ...signals) {
    const patience = AbortSignal.timeout(PATIENCE);
    const post = body && { method: "POST", body: new Blob([JSON.stringify(body, asItIs)], { type: "application/json" }) };
    const response = await fetch(new URL(`api/${path}`, this.#base), {
      credentials: "omit",
      signal: AbortSignal.any([patience, ...signals]),
      ...post,
    }).catch(() => {
      throw Error(patience.aborted ? "timeout" : navigator.onLine ? "server" : "offline");
    });
    if (!response.ok) throw Error(REASONS[response.status] ?? "server");
    return response.json().catch(() => null);
  }
}
