import { AnswerClient } from "./api.js";
import { fill } from "./dom.js";
import { labelsFor } from "./labels.js";
import { isUrgent, renderError, renderFeedback, renderPeople, renderQuestion, renderReply, renderSuggestions } from "./messages.js";
import { buildPanel, labelPanel } from "./panel.js";
import { Session } from "./session.js";
import { STYLES } from "./styles.js";

/** What the server takes, in characters (code points) and messages. */
const QUESTION_LIMIT = 2000;
const HISTORY_LIMIT = 20;
const CONTENT_LIMIT = 8000;

const SUGGESTION_LIMIT = 3;

/** Where the panel covers the whole screen; the same as in the styles. */
const NARROW = matchMedia("(max-width: 480px), (max-height: 480px)");

/** One for every widget of the page. */
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLES);

const MIRRORED = ["heading", "api", "mode", "placeholder"];

/**
 * Answers questions from documents. See README.md for attributes, methods, events and parts.
 *
 * @property {string} heading title of the panel
 * @property {string} api address of the API; empty for the folder the script came from
 * @property {string} mode `page` fills the container and has no launcher
 * @property {string} placeholder what the empty question field says
 */
class FaqChat extends HTMLElement {
  static observedAttributes = [...MIRRORED, "open", "lang"];

  #view = buildPanel({
    toggle: () => (this.opened ? this.close() : this.open()),
    close: () => this.close(),
    restart: () => {
      this.#restart();
      this.#view.input.focus();
    },
  });
  /** @type {import("./labels.js").Labels} */
  #labels;
  /** @type {AnswerClient} */
  #client;
  /** @type {Session} */
  #session;
  /** @type {import("./api.js").Settings} */
  #settings = {};
  #settingsAsked = false;
  #shown = false;
  /** Aborts the question under way; null while there is none. */
  #waiting = null;
  /** Ends what listens outside the element while it is in a page. */
  #connection;
  /** What the messages on show were made from. */
  #rendered = new Map();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    root.append(this.#view.dock);
    this.#listen();
  }

  /** Whether the panel is shown: the `open` attribute, whose own name is taken by the method. */
  get opened() {
    return this.hasAttribute("open");
  }
  set opened(value) {
    this.toggleAttribute("open", Boolean(value));
  }

  /** Show the panel and go to its question field. */
  open() {
    this.opened = true;
    this.#view.input.focus();
  }

  /** Hide the panel. Focus goes back to the launcher if it was inside. */
  close() {
    const inside = this.#view.panel.contains(this.shadowRoot.activeElement);
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
    if (this.#warn(question) > QUESTION_LIMIT) return null;
    this.#session.end();
    this.#view.transcript.querySelectorAll("[part=retry], .suggestions").forEach((node) => node.remove());
    this.#keep({ role: "user", content: question });
    this.#append(renderQuestion(question, this.#labels));
    this.#scrollTo(this.#view.status);
    return this.#answer(question);
  }

  connectedCallback() {
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    NARROW.addEventListener("change", () => this.#update(), { signal });
    document.addEventListener("visibilitychange", () => this.#session.end(), { signal });
    this.#client ??= new AnswerClient(this.api);
    this.#speak();
    if (!this.#session) {
      this.#session = new Session(`${this.id} ${this.#client.address}`, () => this.#restart());
      this.#restore();
    }
    this.#session.resume();
    this.#update();
  }

  disconnectedCallback() {
    this.#connection.abort();
    this.#session.release();
  }

  attributeChangedCallback(name) {
    if (!this.#session) return;
    if (name === "api") this.#client = new AnswerClient(this.api);
    if (name === "open" || name === "mode") this.#update();
    else this.#speak();
  }

  #listen() {
    const { dock, form, input } = this.#view;
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    form.addEventListener("submit", submit);
    input.addEventListener("beforeinput", (event) => this.#warn(input.value + (event.data ?? "")));
    input.addEventListener("input", () => this.#warn(input.value));
    input.addEventListener("keydown", (event) => {
      // Enter that ends the composing of a word (Japanese, Chinese, Korean) is not a question yet.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    });
    dock.addEventListener("keydown", (event) => this.#steer(event));
    for (const use of ["keydown", "pointerdown"]) dock.addEventListener(use, () => this.#session.use());
  }

  /** Esc closes; where the panel covers the page, Tab stays in it. */
  #steer(event) {
    if (this.mode === "page" || !this.opened || event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && NARROW.matches) {
      const { restart, send } = this.#view;
      const [from, to] = event.shiftKey ? [restart, send] : [send, restart];
      if (this.shadowRoot.activeElement !== from) return;
      event.preventDefault();
      to.focus();
    }
  }

  /** Bring what is shown in line with the attributes. */
  #update() {
    const { dock, launcher, panel, close } = this.#view;
    const page = this.mode === "page";
    const shown = page || this.opened;
    dock.classList.toggle("page", page);
    dock.classList.toggle("open", shown);
    launcher.hidden = close.hidden = page;
    launcher.ariaExpanded = String(shown);
    panel.hidden = !shown;
    panel.ariaModal = String(!page && NARROW.matches);
    // In the top layer neither a transformed ancestor nor a greedy z-index of the page can move or cover it.
    dock.popover = page ? null : "manual";
    if (!page && dock.showPopover && !dock.matches(":popover-open")) dock.showPopover();
    if (shown) this.#loadSettings();
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (shown) this.#scrollTo(this.#view.status, "instant");
    this.#emit(shown ? "open" : "close");
  }

  /** Put every label in the language of the page around. */
  #speak() {
    const labels = (this.#labels = labelsFor((this.closest("[lang]") ?? document.documentElement).lang));
    const { heading, emergency_numbers: numbers, feedback } = this.#settings;
    const { dock, title, input, footer } = this.#view;
    dock.lang = labels.language;
    labelPanel(this.#view, labels);
    title.textContent = this.heading || heading || labels.heading;
    input.placeholder = this.placeholder || labels.input;

    const phone = numbers?.length === 1 && numbers[0].phone;
    footer.textContent = [
      labels.footer,
      phone ? fill(labels.callNumber, { phone }) : labels.callLocal,
      feedback?.kept ? fill(labels.kept, feedback) : "",
    ].join(" ");
  }

  /** Ask once what stands beside the conversation; again only if nothing came back at all. */
  async #loadSettings() {
    if (this.#settingsAsked) return;
    this.#settingsAsked = true;
    try {
      this.#settings = await this.#client.settings();
    } catch {
      this.#settingsAsked = false;
      return;
    }
    this.#speak();
    this.#welcome();
    this.#rendered.forEach((message, node) => this.#furnish(node, message));
  }

  /** Greet with the starter questions as long as nothing was asked. */
  #welcome() {
    const { welcome } = this.#view;
    const { starters } = this.#settings;
    welcome.hidden = this.#session.messages.length > 0;
    welcome.querySelector(".suggestions")?.remove();
    if (welcome.hidden || !starters?.length) return;
    welcome.append(renderSuggestions(this.#labels.starters, starters, this.#choose));
  }

  /** Add to a message what the settings say: numbers, contacts, the question whether it helped. */
  #furnish(node, message) {
    const place = node.querySelector(".people");
    if (place) renderPeople(place, this.#settings[place.dataset.list] ?? [], this.#labels);
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
      else this.#append(renderQuestion((asked = message.content), this.#labels));
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

  #submit() {
    const { input } = this.#view;
    const { value } = input;
    if (this.#waiting || this.#warn(value) > QUESTION_LIMIT) return;
    input.value = "";
    input.focus();
    this.ask(value);
    this.#warn("");
  }

  /** A suggestion is gone once it is chosen, so focus needs another place; a keyboard on glass stays down. */
  #choose = (text) => {
    const { input, scroll } = this.#view;
    (matchMedia("(pointer: coarse)").matches ? scroll : input).focus();
    this.ask(text);
  };

  /** Count a question's characters and say so where there can be no more of them. */
  #warn(question) {
    const { length } = Array.from(question);
    const { input, notice } = this.#view;
    // `maxlength` counts UTF-16 units, the server code points: the text to come decides how far apart they are.
    input.maxLength = QUESTION_LIMIT + question.length - length;
    const limit = QUESTION_LIMIT.toLocaleString(this.#labels.language);
    notice.textContent = length < QUESTION_LIMIT ? "" : fill(this.#labels.tooLong, { limit });
    return length;
  }

  /** Get the answer to the last question and show it, or say what went wrong. */
  async #answer(question) {
    const waiting = new AbortController();
    const history = this.#history();
    this.#wait(waiting);
    this.#loadSettings();
    try {
      const reply = await this.#client.ask(question, history, waiting.signal);
      if (waiting.signal.aborted) return null;
      const message = { role: "assistant", reply };
      this.#show(message, question, true);
      this.#keep(message);
      this.#suggest(reply);
      this.#emit("reply", reply);
      return reply;
    } catch (error) {
      // A reply that cannot be shown is no answer either.
      if (!waiting.signal.aborted) this.#fail(error.message, question);
      return null;
    } finally {
      if (this.#waiting === waiting) {
        this.#wait(null);
        // Long answers are read from their beginning.
        this.#scrollTo(Array.from(this.#view.transcript.querySelectorAll("[data-kind=user]")).at(-1));
      }
    }
  }

  /** The messages before the question, as the server reads them. */
  #history() {
    const earlier = this.#session.messages.slice(0, -1).slice(-HISTORY_LIMIT);
    return earlier.map(({ role, content, reply }) => ({
      role,
      // By code points, so that no character is cut in half.
      content: Array.from(content ?? reply.text).slice(0, CONTENT_LIMIT).join(""),
      passages: reply?.passages.map(({ id }) => id),
    }));
  }

  #wait(waiting) {
    this.#waiting = waiting;
    this.#view.status.textContent = waiting ? this.#labels.waiting : "";
    this.#view.send.ariaDisabled = String(!!waiting);
  }

  #show(message, asked, isNew) {
    const node = renderReply(message.reply, asked, {
      labels: this.#labels,
      wholePage: this.mode === "page",
      page: (page) => this.#client.page(page),
      ask: this.#choose,
    });
    this.#rendered.set(node, message);
    this.#furnish(node, message);
    if (isNew && isUrgent(message.reply)) this.#alert(node);
    this.#append(node);
  }

  /** An alert is read at once by itself; the log around it keeps quiet so that it is not read twice. */
  #alert(node) {
    const { transcript } = this.#view;
    node.role = "alert";
    transcript.ariaLive = "off";
    setTimeout(() => (transcript.ariaLive = null), 1000);
  }

  #suggest(reply) {
    const { kind, suggestions } = reply;
    if (!suggestions.length || isUrgent(reply)) return;
    const { choose, nearest, follow } = this.#labels;
    const label = { clarify: choose, no_answer: nearest }[kind] ?? follow;
    // When asked which one is meant, every choice counts.
    const shown = kind === "clarify" ? suggestions : suggestions.slice(0, SUGGESTION_LIMIT);
    this.#append(renderSuggestions(label, shown, this.#choose));
  }

  #fail(reason, question) {
    const card = renderError(reason, this.#labels, () => {
      this.#view.input.focus();
      card.remove();
      this.#answer(question);
    });
    this.#append(card);
  }

  #append(node) {
    this.#view.transcript.append(node);
    this.#welcome();
  }

  #keep(message) {
    this.#session.messages.push(message);
    this.#session.save();
  }

  #scrollTo(node, behavior) {
    this.#view.scroll.scrollTo({ top: node?.offsetTop - 12, behavior });
  }

  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(`faq-chat:${name}`, { detail, bubbles: true, composed: true }));
  }
}

for (const name of MIRRORED) {
  Object.defineProperty(FaqChat.prototype, name, {
    get() {
      return this.getAttribute(name) ?? "";
    },
    set(value) {
      this.setAttribute(name, value);
    },
  });
}

// A page may hold the script twice.
if (!customElements.get("faq-chat")) customElements.define("faq-chat", FaqChat);
