/** Where the token is kept: for this tab, until it is closed. */
const KEY = "chatbot-admin-token";

/** What the server refused or could not do; `status` is 0 where it could not be reached. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} detail a sentence for the operator
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Speaks the administration's part of the HTTP API. */
export class Administration {
  #root;
  #token = sessionStorage.getItem(KEY) ?? "";

  /** @param {string} root the path prefix of the server */
  constructor(root) {
    this.#root = root;
  }

  get signedIn() {
    return this.#token !== "";
  }

  /** @param {string} token */
  signIn(token) {
    this.#token = token;
    sessionStorage.setItem(KEY, token);
  }

  signOut() {
    this.#token = "";
    sessionStorage.removeItem(KEY);
  }

  /** @param {string} path */
  read(path) {
    return this.#send(path);
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  send(path, body) {
    return this.#send(path, { method: "POST", body: JSON.stringify(body) });
  }

  async #send(path, options = {}) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${utf8(this.#token)}` };
    let response;
    try {
      response = await fetch(this.#root + path, { credentials: "omit", cache: "no-store", headers, ...options });
    } catch {
      throw new Refused(0, "The server cannot be reached.");
    }
    const body = await response.json().catch(() => null);
    if (!response.ok || body === null) throw new Refused(response.status, body?.detail ?? "The server gave no answer.");
    return body;
  }
}

/** A header takes bytes: each is given as the character of its number. */
function utf8(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
