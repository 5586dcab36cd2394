import { create, createButton, fill, icon, unseen } from "./dom.js";
import { renderQuote, textFragment } from "./quote.js";

const LEAVES = "M8 16 17 7M9 7h8v8";

/** How long a button says what it did, in milliseconds. */
const MOMENT = 2500;

/** Which list of the settings stands in which kind of message. */
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
  const { kind, text } = reply;
  const passages = isUrgent(reply) ? [] : reply.passages;
  const node = createMessage(kind, renderCorrection(reply, asked, around));

  if (kind !== "answer" || !passages.length) {
    const people = PEOPLE[kind];
    node.append(
      // Kinds with a heading of their own have it in the labels under their name.
      labels[kind] ? create("h3", null, labels[kind]) : "",
      ...ownWords(text, passages).split(/\n\s*\n/).map(createText),
      people ? create("div", { class: "people", "data-list": people }) : "",
    );
  }
  if (passages.length) {
    const [best, ...others] = passages.map((passage) => renderPassage(passage, around));
    node.append(createNote(labels.source), ...best);
    if (others.length) {
      const summary = create("summary", null, `${labels.more} (${others.length})`);
      node.append(create("details", null, summary, ...others.flat()));
    }
    node.append(createNote(labels.advice), create("div", { class: "actions" }, renderCopy(best, passages[0], around)));
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
  return create("div", { class: "suggestions" }, createNote(label), create("ul", null, ...items));
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
 * Fill a message's place for numbers and contacts, each a row that can be called.
 *
 * @param {HTMLElement} place
 * @param {import("./api.js").Person[]} people
 * @param {import("./labels.js").Labels} labels
 */
export function renderPeople(place, people, labels) {
  const rows = people.map(({ name, phone, url, hours }) =>
    create(
      "li",
      null,
      createTitle(name, hours),
      phone && create("a", { href: `tel:${phone.replace(/[^\d+*#]/g, "")}` }, fill(labels.call, { phone })),
      isWeb(url) && createLink(url, new URL(url).host, labels),
    ),
  );
  const label = place.dataset.list === "contact" ? createNote(labels.people) : "";
  if (rows.length) place.replaceChildren(label, create("ul", null, ...rows));
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
  const asks = create("span", { class: "note" }, labels.helped);
  const buttons = [true, false].map((value) => {
    const press = async () => {
      const kept = await send(value);
      asks.textContent = kept ? labels.thanks : labels.notSaved;
      if (kept) mark(value);
    };
    return createButton({ part: "feedback" }, press, value ? labels.yes : labels.no);
  });
  const mark = (said) => buttons.forEach((button, index) => button.setAttribute("aria-pressed", said === !index));
  mark(helpful);
  node.querySelector(".actions")?.prepend(asks, ...buttons);
}

function createMessage(kind, ...children) {
  return create("div", { part: "message", class: "message", "data-kind": kind, dir: "auto" }, ...children);
}

function createText(text) {
  return create("p", { class: "said", dir: "auto" }, text);
}

function createNote(text) {
  return create("p", { class: "note" }, text);
}

function createTitle(title, about) {
  return create("span", null, create("strong", null, title), about && create("small", null, about));
}

function createLink(address, text, labels) {
  return create("a", { href: address, target: "_blank", rel: "noopener" }, text, unseen(labels.newTab));
}

function isWeb(address) {
  return /^https?:/i.test(address ?? "");
}

/** A reply's text without its quotes: it carries them for those who show text only, here they have their own place. */
function ownWords(text, passages) {
  const quotes = passages.map((passage) => text.indexOf(passage.text.trim().split("\n")[0]));
  const first = Math.min(...quotes.filter((at) => at >= 0), text.length);
  if (first === text.length) return text;
  // What leads to a quote ("The documents say:") goes with it.
  return text.slice(0, text.lastIndexOf("\n", first) + 1).trim().replace(/\n.*:$/, "");
}

function renderPassage(passage, around) {
  const { context, citation } = passage;
  const { title, section, publisher, author, reviewed, url, page } = citation;
  const { labels } = around;
  const quote = renderQuote(passage);

  const place = [publisher ?? author, ...section].filter(Boolean).join(" › ");
  const date = reviewed && fill(labels.reviewed, { date: readableDate(reviewed, labels.language) });
  const words = createTitle(title, [place, date].filter(Boolean).join(" · "));
  const link = isWeb(url)
    ? createLink(textFragment(url, quote), words, labels)
    : around.wholePage
      ? create("a", { href: around.page(page) }, words)
      : createLink(around.page(page), words, labels);
  link.setAttribute("part", "citation");
  link.className = "citation";
  link.prepend(icon(LEAVES));
  const introduction = context && create("p", { class: "note", dir: "auto" }, context.text);
  return [create("div", { class: "source" }, introduction, quote), link];
}

/** `2024-06` or `2024-06-30` as the reader's language writes it; anything else as it is. */
function readableDate(date, language) {
  if (!/^\d{4}-\d\d(-\d\d)?$/.test(date)) return date;
  return new Date(date).toLocaleDateString(language, { year: "numeric", month: "short", timeZone: "UTC" });
}

/** Say which words were read differently, and offer to ask again with the words as they were typed. */
function renderCorrection({ corrections, question }, asked, { labels, ask }) {
  if (!corrections.length) return null;
  const [typed, read] = ["typed", "read"].map((side) => corrections.map((correction) => correction[side]));
  const understood = eachWord(question ?? read.join(" "), read, (word) => create("em", null, word));
  const insist = () => {
    // Quotation marks tell the server to take a word as it stands.
    const quoted = eachWord(asked, typed, (word) => `"${word}"`).join("");
    ask(quoted === asked ? `"${asked}"` : quoted);
  };
  const kept = typed.map((word) => `“${word}”`).join(", ");
  const undo = createButton({ class: "link" }, insist, labels.meant, kept);
  return create("p", { class: "note" }, labels.corrected, ...understood, ". ", undo);
}

/** A text in pieces, those of its words that are listed changed. */
function eachWord(text, listed, change) {
  const pieces = text.split(/([\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*)/u);
  return pieces.map((piece) => (listed.includes(piece) ? change(piece) : piece));
}

function renderCopy([source, link], { text, format, citation }, { labels }) {
  const button = createButton({ class: "copy" }, async () => {
    const words = format === "markdown" ? source.lastChild.innerText : text;
    await copy(`“${words.trim()}”\n\n${citation.title}\n${citation.url ?? link.href}`);
    button.textContent = labels.copied;
    setTimeout(() => (button.textContent = labels.copy), MOMENT);
  }, labels.copy);
  return button;
}

/** Put text on the clipboard; pages without https have only the older way. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const put = (event) => {
      event.preventDefault();
      event.clipboardData.setData("text/plain", text);
    };
    document.addEventListener("copy", put, { once: true });
    document.execCommand("copy");
  }
}
