import { AnswerClient } from "./api.js";
import { fill } from "./dom.js";
import { labelsFor } from "./labels.js";
import { isUrgent, renderError, renderFeedback, renderPeople, renderQuestion, renderReply, renderSuggestions } from "./messages.js";
import { buildPanel, labelPanel } from "./panel.js";
import { NARROW, REST } from "./screen.js";
import { Session } from "./session.js";
import { STYLES } from "./styles.js";

/** What the server takes, in characters (code points) and messages. */
const QUESTION_LIMIT = 2000;
const HISTORY_LIMIT = 20;
const CONTENT_LIMIT = 8000;

const SUGGESTION_LIMIT = 3;

/** One for every widget of the page. */
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLES);

/** Answers questions from documents. See docs/embedding.md for attributes, methods, events and parts. */
class FaqChat extends HTMLElement {
  static observedAttributes = ["heading", "api", "mode", "placeholder", "open", "lang"];

  #view = buildPanel(
    () => (this.opened ? this.close() : this.open()),
    () => {
      this.#restart();
      this.#view.input.focus();
    },
    () => this.close(),
  );
  // What is null here is there from the first connection on.
  /** @type {import("./labels.js").Labels} */
  #labels = /** @type {any} */ (null);
  /** @type {AnswerClient} */
  #client = /** @type {any} */ (null);
  /** @type {Session} */
  #session = /** @type {any} */ (null);
  /** @type {import("./api.js").Settings} */
  #settings = {};
  #settingsAsked = false;
  #shown = false;
  /**
   * Aborts the question under way; null while there is none.
   *
   * @type {AbortController | null}
   */
  #waiting = null;
  /** Ends what listens outside the element while it is in a page. */
  #connection = new AbortController();
  /**
   * What the messages on show were made from.
   *
   * @type {Map<HTMLElement, import("./session.js").Answer>}
   */
  #rendered = new Map();
  /**
   * The last question on show.
   *
   * @type {HTMLElement}
   */
  #asked = this.#view.status;
  #root = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET, REST];
    this.#root.append(this.#view.dock);
    this.#listen();
  }

  /** Title of the panel. */
  get heading() {
    return this.getAttribute("heading") ?? "";
  }
  set heading(value) {
    this.setAttribute("heading", value);
  }

  /** Address of the API; empty for the folder the script came from. */
  get api() {
    return this.getAttribute("api") ?? "";
  }
  set api(value) {
    this.setAttribute("api", value);
  }

  /** `page` fills the container and has no launcher. */
  get mode() {
    return this.getAttribute("mode") ?? "";
  }
  set mode(value) {
    this.setAttribute("mode", value);
  }

  /** What the empty question field says. */
  get placeholder() {
    return this.getAttribute("placeholder") ?? "";
  }
  set placeholder(value) {
    this.setAttribute("placeholder", value);
  }

  /** Whether the panel is shown: the `open` attribute, whose own name is taken by the method. */
  get opened() {
    return this.hasAttribute("open");
  }
  set opened(value) {
    this.toggleAttribute("open", !!value);
  }

  /** Show the panel and go to its question field. */
  open() {
    this.opened = true;
    this.#view.input.focus();
  }

  /** Hide the panel. Focus goes back to the launcher if it was inside. */
  close() {
    const inside = this.#view.panel.contains(this.#root.activeElement);
    this.opened = false;
    if (inside) this.#view.launcher.focus();
  }

  /**
   * Ask a question as if it had been typed, showing the panel. Nothing is asked while another answer is awaited.
   *
   * @param {string} text
   * @returns {Promise<import("./api.js").Reply | null>} null when there is no answer
   */
  async ask(text) {
    // Half a character would not be UTF-8 and so be refused.
    const question = text.toWellFormed().trim();
    if (!question || this.#waiting || !this.#session) return null;
    this.opened = true;
    if (this.#isTooLong(question)) return null;
    this.#session.end();
    this.#view.transcript.querySelectorAll("[part=retry], .suggestions").forEach((node) => node.remove());
    this.#keep({ role: "user", content: question });
    this.#append((this.#asked = renderQuestion(question, this.#labels)));
    this.#scrollTo(this.#view.status);
    return this.#answer(question);
  }

  connectedCallback() {
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    NARROW.addEventListener("change", () => this.#update(), { signal });
    const comeBack = () => {
      // A page out of the browser's cache has what it had when it was left, whatever the next page did.
      if (this.#session.isStale()) this.#begin();
      this.#session.end();
      this.#update();
    };
    document.addEventListener("visibilitychange", comeBack, { signal });
    if (this.#session) {
      this.#session.resume();
    } else {
      // What was set before the script came hides the properties of the class.
      const early = { ...this };
      for (const name in early) delete (/** @type {any} */ (this)[name]);
      Object.assign(this, early);
      this.#begin();
    }
    this.#speak();
    this.#update();
  }

  disconnectedCallback() {
    this.#connection.abort();
    this.#session.release();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.#session) return;
    if (name === "api") this.#begin();
    this.#speak();
    this.#update();
  }

  /** Take up the conversation with the server, as far as there is one. */
  #begin() {
    this.#waiting?.abort();
    this.#session?.release();
    this.#settings = {};
    this.#settingsAsked = false;
    this.#client = new AnswerClient(this.api);
    this.#speak();
    this.#session = new Session(`${this.id} ${this.#client.address}`, () => this.#restart());
    this.#rendered.clear();
    this.#view.transcript.replaceChildren();
    try {
      this.#restore();
    } catch {
      // Something else was stored under this key.
      this.#restart();
    }
    this.#session.resume();
  }

  #listen() {
    const { dock, form, input } = this.#view;
    /** @param {Event} event */
    const submit = (event) => {
      event.preventDefault();
      const { value } = input;
      if (this.#waiting || this.#isTooLong(value)) return;
      input.value = "";
      input.focus();
      this.ask(value);
    };
    form.onsubmit = submit;
    input.oninput = () => this.#isTooLong(input.value);
    input.onkeydown = (event) => {
      // Enter that ends the composing of a word (Japanese, Chinese, Korean) is not a question yet.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    };
    dock.onpointerdown = () => this.#session.use();
    dock.onkeydown = (event) => {
      this.#session.use();
      this.#steer(event);
    };
  }

  /**
   * Esc closes; where the panel covers the page, Tab stays in it.
   *
   * @param {KeyboardEvent} event
   */
  #steer(event) {
    if (this.mode === "page" || !this.opened || event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && NARROW.matches) {
      const { restart, send } = this.#view;
      const [from, to] = event.shiftKey ? [restart, send] : [send, restart];
      if (this.#root.activeElement !== from) return;
      event.preventDefault();
      to.focus();
    }
  }

  /** Bring what is shown in line with the attributes. */
  #update() {
    const { dock, launcher, panel, close } = this.#view;
    const page = this.mode === "page";
    const shown = page || this.opened;
    dock.className = `dock ${page ? "page" : shown ? "open" : ""}`;
    launcher.hidden = close.hidden = page;
    launcher.ariaExpanded = `${shown}`;
    panel.hidden = !shown;
    panel.ariaModal = `${!page && NARROW.matches}`;
    // In the top layer neither a transformed ancestor nor a greedy z-index of the page can move or cover it.
    dock.popover = page ? null : "manual";
    if (!page && this.isConnected && !dock.matches(":popover-open")) dock.showPopover();
    if (shown) this.#loadSettings();
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (shown) this.#scrollTo(this.#view.status, "instant");
    this.#emit(shown ? "open" : "close");
  }

  /** Put every label in the language of the page around. */
  #speak() {
    const around = /** @type {HTMLElement} */ (this.closest("[lang]") ?? document.documentElement);
    const labels = (this.#labels = labelsFor(around.lang));
    const { heading, emergency_numbers: numbers, feedback } = this.#settings;
    const { title, panel, input, footer } = this.#view;
    labelPanel(this.#view, labels);
    title.textContent = panel.ariaLabel = this.heading || heading || labels.heading;
    input.placeholder = this.placeholder || labels.input;

    const phone = numbers?.length === 1 && numbers[0].phone;
    footer.textContent = [
      labels.footer,
      fill(labels.inEmergency, phone || labels.localNumber),
      feedback?.kept ? fill(labels.kept, feedback.days) : "",
    ].join(" ");
  }

  /** Ask once what stands beside the conversation; again only if nothing came back at all. */
  async #loadSettings() {
    if (this.#settingsAsked) return;
    this.#settingsAsked = true;
    const settings = await this.#client.settings();
    this.#settingsAsked = !!settings;
    this.#settings = settings ?? {};
    this.#speak();
    this.#welcome();
    this.#rendered.forEach((message, node) => this.#furnish(node, message));
  }

  /** Greet with the starter questions as long as nothing was asked. */
  #welcome() {
    const { welcome } = this.#view;
    const { starters } = this.#settings;
    welcome.hidden = !!this.#session.messages.length;
    welcome.querySelector(".suggestions")?.remove();
    if (welcome.hidden || !starters?.length) return;
    welcome.append(renderSuggestions(this.#labels.starters, starters, this.#choose));
  }

  /**
   * Add to a message what the settings say: numbers, contacts, the question whether it helped.
   *
   * @param {HTMLElement} node
   * @param {import("./session.js").Answer} message
   */
  #furnish(node, message) {
    renderPeople(node, message.reply, this.#settings, this.#labels);
    if (!this.#settings.feedback?.kept) return;
    renderFeedback(node, message.helpful, this.#labels, async (helpful) => {
      const detail = { reply: message.reply.id, helpful };
      const kept = await this.#client.feedback(detail);
      if (kept) {
        message.helpful = helpful;
        this.#session.save();
        this.#emit("feedback", detail);
      }
      return kept;
    });
  }

  /** Show the conversation that was had before the page was left. */
  #restore() {
    const { messages } = this.#session;
    let asked = "";
    for (const message of messages) {
      if (message.reply) this.#show(message, asked);
      else this.#append((this.#asked = renderQuestion((asked = message.content), this.#labels)));
    }
    const last = messages.at(-1);
    if (last?.reply) this.#suggest(last.reply);
    else if (last) this.#fail("server", asked);
    this.#welcome();
  }

  #restart() {
    this.#waiting?.abort();
    this.#session.clear();
    this.#rendered.clear();
    this.#view.transcript.replaceChildren();
    this.#welcome();
  }

  /**
   * A suggestion is gone once it is chosen, so focus needs another place; a keyboard on glass stays down.
   *
   * @param {string} text
   */
  #choose = (text) => {
    const { input, scroll } = this.#view;
    (matchMedia("(pointer: coarse)").matches ? scroll : input).focus();
    this.ask(text);
  };

  /**
   * Tell whether a question has too many characters (code points, unlike `maxlength`), and say so.
   *
   * @param {string} question
   */
  #isTooLong(question) {
    const over = [...question].length > QUESTION_LIMIT;
    this.#view.notice.textContent = over ? this.#labels.tooLong : "";
    return over;
  }

  /**
   * Get the answer to the last question and show it, or say what went wrong.
   *
   * @param {string} question
   */
  async #answer(question) {
    const waiting = new AbortController();
    const history = this.#history();
    this.#wait(waiting);
    this.#loadSettings();
    try {
      const reply = await this.#client.ask(question, history, waiting.signal);
      if (waiting.signal.aborted) return null;
      /** @type {import("./session.js").Answer} */
      const message = { role: "assistant", reply };
      this.#show(message, question, true);
      this.#keep(message);
      this.#suggest(reply);
      this.#emit("reply", reply);
      return reply;
    } catch (error) {
      // A reply that cannot be shown is no answer either.
      if (!waiting.signal.aborted) this.#fail(/** @type {Error} */ (error).message, question);
      return null;
    } finally {
      if (this.#waiting === waiting) {
        this.#wait(null);
        // Long answers are read from their beginning.
        this.#scrollTo(this.#asked);
      }
    }
  }

  /** The messages before the question, as the server reads them. */
  #history() {
    const earlier = this.#session.messages.slice(-1 - HISTORY_LIMIT, -1);
    return earlier.map(({ role, content, reply }) => ({
      role,
      // A character that is cut in half would not be UTF-8.
      content: (content ?? reply.text).slice(0, CONTENT_LIMIT).toWellFormed(),
      passages: reply?.passages.map(({ id }) => id),
    }));
  }

  /** @param {AbortController | null} waiting */
  #wait(waiting) {
    this.#waiting = waiting;
    this.#view.status.textContent = waiting ? this.#labels.waiting : "";
    this.#view.send.ariaDisabled = `${!!waiting}`;
  }

  /**
   * @param {import("./session.js").Answer} message
   * @param {string} asked
   * @param {boolean} [isNew]
   */
  #show(message, asked, isNew) {
    const node = renderReply(message.reply, asked, {
      labels: this.#labels,
      wholePage: this.mode === "page",
      page: (page) => this.#client.page(page),
      ask: this.#choose,
    });
    this.#rendered.set(node, message);
    this.#furnish(node, message);
    if (isNew && isUrgent(message.reply)) {
      // An alert is read at once by itself; the log around it keeps quiet so that it is not read twice.
      const { transcript } = this.#view;
      node.role = "alert";
      transcript.ariaLive = "off";
      setTimeout(() => (transcript.ariaLive = null), 1000);
    }
    this.#append(node);
  }

  /** @param {import("./api.js").Reply} reply */
  #suggest(reply) {
    const { kind, suggestions } = reply;
    if (!suggestions.length || isUrgent(reply)) return;
    const { nearest, follow } = this.#labels;
    // When asked which one is meant, every choice counts, and the message says what they are.
    const asks = kind === "clarify";
    const label = asks ? "" : kind === "no_answer" ? nearest : follow;
    const shown = asks ? suggestions : suggestions.slice(0, SUGGESTION_LIMIT);
    this.#append(renderSuggestions(label, shown, this.#choose));
  }

  /**
   * @param {string} reason
   * @param {string} question
   */
  #fail(reason, question) {
    const card = renderError(reason, this.#labels, () => {
      this.#view.input.focus();
      card.remove();
      this.#answer(question);
    });
    this.#append(card);
  }

  /** @param {Node} node */
  #append(node) {
    this.#view.transcript.append(node);
    this.#welcome();
  }

  /** @param {import("./session.js").Question | import("./session.js").Answer} message */
  #keep(message) {
    this.#session.messages.push(message);
    this.#session.save();
  }

  /**
   * @param {HTMLElement} node
   * @param {ScrollBehavior} [behavior]
   */
  #scrollTo(node, behavior) {
    this.#view.scroll.scrollTo({ top: node.offsetTop - 12, behavior });
  }

  /**
   * @param {string} name
   * @param {object | null} detail
   */
  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(`faq-chat:${name}`, { detail, bubbles: true, composed: true }));
  }
}

// A page may hold the script twice.
if (!customElements.get("faq-chat")) customElements.define("faq-chat", FaqChat);
