/** How long one request may take, in milliseconds, before the visitor is told. */
const PATIENCE = 15000;

/** Only while a classic script runs does the page say which one it is, so the address is read here and now. */
const SCRIPT_ADDRESS = document.currentScript?.src || location.href;

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
 * @property {string} question
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
 * Speaks the HTTP API of one server. What goes wrong is an `Error` whose message is the key of the label that tells the
 * visitor: `offline`, `timeout`, `busy`, `rejected` or `server`.
 */
export class AnswerClient {
  #base;

  /** @param {string | null} address of the API; without one, the folder the script came from */
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
    const { ok, status, data } = await this.#fetch("api/chat", { message, history }, signal);
    if (ok && data?.passages) return data;
    throw new Error(status === 429 ? "busy" : [400, 413, 422].includes(status) ? "rejected" : "server");
  }

  /**
   * What to show beside the conversation. A server without this endpoint has nothing to add.
   *
   * @returns {Promise<Settings>}
   */
  async settings() {
    const { ok, data } = await this.#fetch("api/widget");
    return (ok && data) || {};
  }

  /**
   * @param {{ reply: string, helpful: boolean }} feedback
   * @returns {Promise<boolean>} whether it was kept
   */
  async feedback(feedback) {
    return this.#fetch("api/feedback", feedback).then(({ ok }) => ok, () => false);
  }

  /**
   * The full address of one of the server's own pages; a server under a path may or may not have put it in front.
   *
   * @param {string} page such as `/documents/a.txt#passage`
   */
  page(page) {
    return new URL(page.startsWith(this.#base.pathname) ? page : page.replace(/^\/+/, ""), this.#base).href;
  }

  /** Send a request and read its JSON (null where it is none), both within the time a visitor waits. */
  async #fetch(path, body, ...signals) {
    const patience = AbortSignal.timeout(PATIENCE);
    const signal = AbortSignal.any([patience, ...signals]);
    const post = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    try {
      const response = await fetch(new URL(path, this.#base), { credentials: "omit", signal, ...post });
      // Something that answers with a page (a proxy, a sign-in) answers nothing.
      const data = await response.json().catch(() => null);
      signal.throwIfAborted();
      return { ok: response.ok, status: response.status, data };
    } catch {
      throw new Error(patience.aborted ? "timeout" : navigator.onLine ? "server" : "offline");
    }
  }
}
