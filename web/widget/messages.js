import { create, createButton, createNote, fill, icon, isWeb, unseen } from "./dom.js";
import { renderQuote, textFragment } from "./quote.js";

const LEAVES = "M8 16 17 7M9 7h8v8";

/** How long a button says what it did, in milliseconds. */
const MOMENT = 2500;

/**
 * Which list of the settings stands in which kind of message.
 *
 * @type {Record<string, "emergency_numbers" | "crisis_lines" | "contact">}
 */
const PEOPLE = { emergency: "emergency_numbers", crisis: "crisis_lines", refusal: "contact", no_answer: "contact" };

/**
 * What a message needs from the widget around it.
 *
 * @typedef {object} Surroundings
 * @property {import("./labels.js").Labels} labels
 * @property {boolean} wholePage whether the widget is the page, so that our own pages may take its place
 * @property {(page: string) => string} page resolves one of the server's own pages
 * @property {(question: string) => void} ask
 */

/**
 * Whether a reply has to stand first and alone.
 *
 * @param {import("./api.js").Reply} reply
 */
export function isUrgent({ kind }) {
  return kind === "emergency" || kind === "crisis";
}

/**
 * @param {string} text
 * @param {import("./labels.js").Labels} labels
 */
export function renderQuestion(text, labels) {
  const said = createText(text);
  said.prepend(unseen(labels.asked));
  return createMessage("user", said);
}

/**
 * Render a reply, except for what comes from the settings (see `renderPeople` and `renderFeedback`).
 *
 * @param {import("./api.js").Reply} reply
 * @param {string} asked the visitor's own words
 * @param {Surroundings} around
 */
export function renderReply(reply, asked, around) {
  const { labels } = around;
  const { kind } = reply;
  const passages = isUrgent(reply) ? [] : reply.passages;
  const node = createMessage(kind, renderCorrection(reply, asked, around));

  const people = create("div", { className: "people" });
  // Kinds with a heading of their own have it in the labels under their name.
  if (labels[kind]) node.append(create("h3", null, labels[kind]));
  for (const words of ownWords(reply)) {
    // Suggestions and people are listed for those who show text only; the settings may have the people too.
    if (!/\n• /.test(words)) node.append(createText(words));
    else if (!reply.suggestions.length) people.append(createText(words));
  }
  node.append(people);
  if (passages.length) {
    const [best, ...others] = passages.map((passage) => renderPassage(passage, around));
    node.append(createNote(labels.source), ...best);
    if (others.length) {
      const summary = create("summary", null, `${labels.more} (${others.length})`);
      node.append(create("details", null, summary, ...others.flat()));
    }
    const copy = renderCopy(best, passages[0], labels);
    node.append(create("div", { className: "actions" }, createNote(labels.advice), copy));
  }
  return node;
}

/**
 * Questions to choose from.
 *
 * @param {string} label
 * @param {string[]} suggestions
 * @param {(question: string) => void} ask
 */
export function renderSuggestions(label, suggestions, ask) {
  const items = suggestions.map((suggestion) =>
    create("li", null, createButton({ part: "suggestion", dir: "auto" }, () => ask(suggestion), suggestion)),
  );
  return create("div", { className: "suggestions" }, label && createNote(label), create("ul", null, ...items));
}

/**
 * @param {string} reason a key of the labels, else it counts as the server's fault
 * @param {import("./labels.js").Labels} labels
 * @param {() => void} retry
 */
export function renderError(reason, labels, retry) {
  const said = create("p", null, create("strong", null, labels.error), ` ${labels[reason] ?? labels.server}`);
  return createMessage("error", said, createButton({ part: "retry" }, retry, labels.retry));
}

/**
 * Put in place the people that a reply of this kind leads to, each a row that can be called.
 *
 * @param {HTMLElement} node the message
 * @param {import("./api.js").Reply} reply
 * @param {import("./api.js").Settings} settings
 * @param {import("./labels.js").Labels} labels
 */
export function renderPeople(node, { kind }, settings, labels) {
  const list = PEOPLE[kind];
  const rows = settings[list]?.map(({ name, phone, url, hours }) =>
    create(
      "li",
      null,
      createTitle(name, hours),
      phone && create("a", { href: `tel:${phone.replace(/[^\d+*#]/g, "")}` }, fill(labels.call, phone)),
      isWeb(url) && createLink(url, new URL(url).host, labels),
    ),
  );
  if (!rows?.length) return;
  const label = list === "contact" ? createNote(labels.people) : "";
  node.querySelector(".people")?.replaceChildren(label, create("ul", null, ...rows));
}

/**
 * Ask whether an answer helped, in front of the other actions of its message.
 *
 * @param {HTMLElement} node the message
 * @param {boolean | undefined} helpful what was said before
 * @param {import("./labels.js").Labels} labels
 * @param {(helpful: boolean) => Promise<boolean>} send
 */
export function renderFeedback(node, helpful, labels, send) {
  const asks = create("span", { className: "note" }, labels.helped);
  const [yes, no] = [true, false].map((value) =>
    createButton(
      { part: "feedback" },
      async () => {
        const kept = await send(value);
        asks.textContent = kept ? labels.thanks : labels.error;
        if (kept) mark(value);
      },
      value ? labels.yes : labels.no,
    ),
  );
  /** @param {boolean | undefined} said */
  const mark = (said) => {
    yes.ariaPressed = `${said === true}`;
    no.ariaPressed = `${said === false}`;
  };
  mark(helpful);
  node.querySelector(".copy")?.before(asks, yes, no);
}

/**
 * @param {string} kind
 * @param {...(Node | null)} children
 */
function createMessage(kind, ...children) {
  const node = create("div", { part: "message", dir: "auto" }, ...children);
  node.dataset.kind = kind;
  return node;
}

/** @param {string} text */
function createText(text) {
  return create("p", { className: "said", dir: "auto" }, text);
}

/**
 * @param {string} title
 * @param {string | null} [about]
 */
function createTitle(title, about) {
  return create("span", null, create("strong", null, title), about && create("small", null, about));
}

/**
 * @param {string} href
 * @param {string | Node} text
 * @param {import("./labels.js").Labels} labels
 */
function createLink(href, text, labels) {
  return create("a", { href, target: "_blank", rel: "noopener" }, text, unseen(labels.newTab));
}

/**
 * A reply's paragraphs before its quotes: it carries those for who shows text only, here they have their own place.
 *
 * @param {import("./api.js").Reply} reply
 */
function ownWords({ text, passages }) {
  /** @param {string} paragraph */
  const quoted = (paragraph) => passages.some((passage) => paragraph.includes(passage.text.split("\n")[0]));
  const paragraphs = text.split("\n\n");
  const first = paragraphs.findIndex(quoted);
  return first < 0 ? paragraphs : paragraphs.slice(0, first);
}

/**
 * @param {import("./api.js").Passage} passage
 * @param {Surroundings} around
 * @returns {[HTMLElement, HTMLAnchorElement]} the quote and the link to it
 */
function renderPassage(passage, { labels, wholePage, page }) {
  const { context, citation } = passage;
  const { title, section, publisher, author, reviewed, url } = citation;
  const quote = renderQuote(passage);

  const place = [publisher ?? author, ...section].filter(Boolean).join(" › ");
  const date = reviewed && fill(labels.reviewed, readableDate(reviewed, labels.language));
  const words = createTitle(title, [place, date].filter(Boolean).join(" · "));
  const own = page(citation.page);
  const link = isWeb(url)
    ? createLink(textFragment(url, quote), words, labels)
    : wholePage
      ? create("a", { href: own }, words)
      : createLink(own, words, labels);
  link.part = "citation";
  link.prepend(icon(LEAVES));
  return [create("div", { className: "source" }, context && createNote(context.text), quote), link];
}

/**
 * `2024-06-30` as the reader's language writes it; anything else as it is.
 *
 * @param {string} date
 * @param {string} language
 */
function readableDate(date, language) {
  const noon = new Date(`${date}T12:00`);
  return date.length < 10 || isNaN(+noon) ? date : noon.toLocaleDateString(language, { dateStyle: "medium" });
}

/**
 * Say which words were read differently, and offer to ask again with the words as they were typed.
 *
 * @param {import("./api.js").Reply} reply
 * @param {string} asked
 * @param {Surroundings} around
 */
function renderCorrection({ corrections, question }, asked, { labels, ask }) {
  if (!corrections.length) return null;
  const typed = corrections.map((correction) => correction.typed);
  const read = corrections.map((correction) => correction.read);
  const insist = () => {
    // Quotation marks tell the server to take a word as it stands.
    const quoted = eachWord(asked, typed, (word) => `"${word}"`).join("");
    ask(quoted === asked ? `"${asked}"` : quoted);
  };
  return createNote(
    labels.corrected,
    ...eachWord(question ?? read.join(" "), read, (word) => create("em", null, word)),
    ". ",
    createButton({ className: "link" }, insist, labels.meant, typed.map((word) => `“${word}”`).join(", ")),
  );
}

/**
 * A text in pieces, those of its words that are listed changed.
 *
 * @template Piece
 * @param {string} text
 * @param {string[]} listed
 * @param {(word: string) => Piece} change
 */
function eachWord(text, listed, change) {
  return text.split(/([\p{L}\d'’-]+)/u).map((piece) => (listed.includes(piece) ? change(piece) : piece));
}

/**
 * @param {[HTMLElement, HTMLAnchorElement]} rendered
 * @param {import("./api.js").Passage} passage
 * @param {import("./labels.js").Labels} labels
 */
function renderCopy([source, link], { citation }, labels) {
  const button = createButton(
    { className: "copy" },
    async () => {
      const quote = /** @type {HTMLElement} */ (source.lastChild);
      await copy(`“${quote.innerText}”\n\n${citation.title}\n${citation.url ?? link.href}`);
      button.textContent = labels.copied;
      setTimeout(() => (button.textContent = labels.copy), MOMENT);
    },
    labels.copy,
  );
  return button;
}

/**
 * Put text on the clipboard; pages without https have only the older way.
 *
 * @param {string} text
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    /** @param {ClipboardEvent} event */
    const put = (event) => {
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
    };
    document.addEventListener("copy", put, { once: true });
    document.execCommand("copy");
  }
}
