import { create, createButton, icon, unseen } from "./dom.js";

const BUBBLE = "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12ZM9 10h7M9 14h4";
const AGAIN = "M4 5v5h5M4.5 10a8 8 0 1 1-.5 4";
const CROSS = "M6 6l12 12M18 6 6 18";

/**
 * Build what stands from the start and is never built again: the launcher, and the panel with its transcript (a
 * live region is only read out if it was there before its news). Words are put in by `labelPanel`.
 *
 * @param {{ toggle(): void, restart(): void, close(): void }} actions
 */
export function buildPanel({ toggle, restart, close }) {
  const view = {
    launcher: createButton(
      { part: "launcher", class: "strong launcher", "aria-haspopup": "dialog", "aria-controls": "panel" },
      toggle,
      icon(BUBBLE),
      create("span"),
    ),
    title: create("h2", { id: "title", dir: "auto" }),
    restart: createButton({ part: "restart" }, restart, icon(AGAIN), unseen()),
    close: createButton({ part: "close" }, close, icon(CROSS), unseen()),
    welcome: create("div", { class: "welcome" }, create("p")),
    transcript: create("div", { part: "transcript", class: "log", role: "log" }),
    status: create("div", { class: "status", role: "status" }),
    notice: create("p", { class: "note", role: "status", id: "notice" }),
    input: create("textarea", { part: "input", rows: 1, enterkeyhint: "send", dir: "auto", "aria-describedby": "notice" }),
    send: create("button", { part: "send", class: "strong" }),
    footer: create("p", { class: "note" }),
  };
  view.scroll = create("div", { class: "scroll", role: "group", tabindex: 0 }, view.welcome, view.transcript, view.status);
  view.form = create("form", null, view.input, view.send);
  view.panel = create(
    "div",
    { part: "panel", class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title" },
    create("div", { class: "head" }, view.title, view.restart, view.close),
    view.scroll,
    create("div", { class: "foot" }, view.form, view.notice, view.footer),
  );
  view.dock = create("div", { class: "dock" }, view.panel, view.launcher);
  return view;
}

/**
 * Put the words of one language into the panel.
 *
 * @param {ReturnType<typeof buildPanel>} view
 * @param {import("./labels.js").Labels} labels
 */
export function labelPanel(view, labels) {
  view.launcher.dir = view.panel.dir = labels.direction;
  for (const name of ["launcher", "restart", "close"]) view[name].lastChild.textContent = labels[name];
  for (const name of ["restart", "close"]) view[name].title = labels[name];
  for (const name of ["scroll", "transcript"]) view[name].ariaLabel = labels.transcript;
  view.welcome.firstChild.textContent = labels.welcome;
  view.input.ariaLabel = labels.input;
  view.send.textContent = labels.send;
}
