import { create, createButton, createNote, icon, unseen } from "./dom.js";

const BUBBLE = "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12Z";
const AGAIN = "M4 5v5h5M4.5 10a8 8 0 1 1-.5 4";
const CROSS = "M6 6l12 12M18 6 6 18";

/** @typedef {ReturnType<typeof buildPanel>} Panel */

/**
 * Build what stands from the start and is never built again: the launcher, and the panel with its transcript (a
 * live region is only read out if it was there before its news). Words are put in by `labelPanel`.
 *
 * @param {() => void} toggle
 * @param {() => void} again
 * @param {() => void} leave
 */
export function buildPanel(toggle, again, leave) {
  const view = {
    launcher: createButton({ part: "launcher", className: "strong" }, toggle, icon(BUBBLE), create("span")),
    title: create("h2", { dir: "auto" }),
    restart: createButton({ part: "restart" }, again, icon(AGAIN), unseen()),
    close: createButton({ part: "close" }, leave, icon(CROSS)),
    welcome: create("div", null, create("p")),
    transcript: create("div", { part: "transcript", role: "log" }),
    status: create("div", { className: "status", role: "status" }),
    notice: create("p", { className: "note", role: "status" }),
    input: create("textarea", { part: "input", rows: 1, enterKeyHint: "send", dir: "auto" }),
    send: create("button", { part: "send", className: "strong" }),
    footer: createNote(),
  };
  const form = create("form", null, view.input, view.send);
  const scroll = create(
    "div",
    { className: "scroll", role: "group", tabIndex: 0 },
    view.welcome,
    view.transcript,
    view.status,
  );
  const panel = create(
    "div",
    { part: "panel", role: "dialog" },
    create("div", { className: "head" }, view.title, view.restart, view.close),
    scroll,
    create("div", { className: "foot" }, form, view.notice, view.footer),
  );
  return { ...view, form, scroll, panel, dock: create("div", { className: "dock" }, panel, view.launcher) };
}

/**
 * Put the words of one language into the panel.
 *
 * @param {Panel} view
 * @param {import("./labels.js").Labels} labels
 */
export function labelPanel(view, labels) {
  const { launcher, panel, restart, close, scroll, transcript, welcome, input, send, dock } = view;
  dock.lang = labels.language;
  panel.dir = launcher.dir = labels.direction;
  launcher.children[1].textContent = labels.launcher;
  restart.children[1].textContent = restart.title = labels.restart;
  close.title = close.ariaLabel = labels.close;
  scroll.ariaLabel = transcript.ariaLabel = labels.transcript;
  welcome.children[0].textContent = labels.welcome;
  input.ariaLabel = labels.input;
  send.textContent = labels.send;
}
