import { asItIs } from "./api.js";

/** Half an hour in milliseconds: so long does a conversation stay unused before the next person may sit down. */
const LIFETIME = 30 * 60 * 1000;

/** Keys of the widgets on this page. Two widgets never share one. */
const keysInUse = new Set();

/**
 * @typedef {{ role: "user", content: string, reply?: undefined }} Question
 * @typedef {{ role: "assistant", reply: import("./api.js").Reply, helpful?: boolean, content?: undefined }} Answer
 */

/**
 * One conversation in `sessionStorage`. It ends with the tab, by `clear`, or after half an hour unused. Where a
 * browser forbids storage it lasts as long as the page.
 */
export class Session {
  #key;
  #used = 0;
  #timer = 0;
  #expired;
  /** What was read or written last. */
  #stored = "";
  /** @type {(Question | Answer)[]} */
  messages = [];

  /**
   * @param {string} name what tells this widget from others
   * @param {() => void} expired called when the conversation was left for too long
   */
  constructor(name, expired) {
    this.#expired = expired;
    this.#key = `faq-chat ${name}`;
    while (keysInUse.has(this.#key)) this.#key += "+";
    try {
      this.#stored = sessionStorage[this.#key] ?? "";
      [this.#used, [...this.messages]] = JSON.parse(this.#stored);
    } catch {
      // Nothing is stored, or storage is forbidden: a new conversation.
    }
    if (this.#isOver()) this.clear();
  }

  /** Take the key, again after `release` too. */
  resume() {
    keysInUse.add(this.#key);
    this.use();
  }

  /** Let another widget have the key; the conversation stays for when this one comes back. */
  release() {
    clearTimeout(this.#timer);
    keysInUse.delete(this.#key);
  }

  /** Note that somebody is here, unless it may be somebody else by now. */
  use() {
    this.end();
    // Every key press is a use; writing each of them down would be too much.
    if (this.messages.length && Date.now() - this.#used > 10000) this.save();
  }

  /** End the conversation if nobody was here for too long: timers stand still while a computer sleeps. */
  end() {
    if (this.#isOver()) this.#expired();
  }

  /** Write the conversation down as just used. */
  save() {
    clearTimeout(this.#timer);
    this.#used = Date.now();
    this.#timer = setTimeout(this.#expired, LIFETIME);
    try {
      sessionStorage[this.#key] = this.#stored = JSON.stringify([this.#used, this.messages], asItIs);
    } catch {
      // Full or forbidden: the conversation goes on without.
    }
  }

  /** Forget everything. */
  clear() {
    clearTimeout(this.#timer);
    this.messages = [];
    this.#stored = "";
    try {
      delete sessionStorage[this.#key];
    } catch {
      // Storage is forbidden, so nothing is there.
    }
  }

  /** Whether another page of the tab has gone on with the conversation, or ended it. */
  isStale() {
    try {
      return (sessionStorage[this.#key] ?? "") !== this.#stored;
    } catch {
      return false;
    }
  }

  #isOver() {
    return this.messages.length && Date.now() - this.#used >= LIFETIME;
  }
}
