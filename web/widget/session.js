/** Half an hour in milliseconds: so long does a conversation stay unused before the next person may sit down. */
const LIFETIME = 30 * 60 * 1000;

const KEPT_MESSAGES = 50;

/** Keys of the widgets on this page. Two widgets never share one. */
const keysInUse = new Set();

/**
 * One conversation in `sessionStorage`. It ends with the tab, by `clear`, or after half an hour unused. Where a
 * browser forbids storage it lasts as long as the page.
 */
export class Session {
  #key;
  #used = 0;
  #timer = 0;
  #expired;
  /** @type {object[]} */
  messages = [];

  /**
   * @param {string} name what tells this widget from others
   * @param {() => void} expired called when the conversation was left for too long
   */
  constructor(name, expired) {
    this.#expired = expired;
    this.#key = `faq-chat ${name}`;
    while (keysInUse.has(this.#key)) this.#key += " again";
    try {
      const { used, messages } = JSON.parse(sessionStorage.getItem(this.#key));
      if (Date.now() - used < LIFETIME) this.messages = messages;
      else this.clear();
    } catch {
      // Nothing is stored, or storage is forbidden: a new conversation.
    }
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
    if (this.end()) return;
    const quiet = Date.now() - this.#used;
    // Every key press is a use; writing each of them down would be too much.
    if (this.messages.length && quiet > 10000) this.save();
  }

  /** End the conversation if nobody was here for too long: timers stand still while a computer sleeps. */
  end() {
    const over = this.#used && this.messages.length && Date.now() - this.#used >= LIFETIME;
    if (over) this.#expired();
    return over;
  }

  /** Write the conversation down as just used. */
  save() {
    this.#used = Date.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#expired, LIFETIME);
    try {
      const kept = { used: this.#used, messages: this.messages.slice(-KEPT_MESSAGES) };
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Full or forbidden: the conversation goes on without.
    }
  }

  /** Forget everything. */
  clear() {
    this.messages = [];
    clearTimeout(this.#timer);
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // Storage is forbidden, so nothing is there.
    }
  }
}
