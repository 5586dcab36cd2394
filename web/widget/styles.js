/**
 * The widget's whole look. `all: initial` with `!important` on the host keeps the page's styles out, sizes are in px
 * because a page may have changed what a rem is, and borders that look transparent are drawn in forced colours.
 */
export const STYLES = `
:host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important; }
:host([mode="page"]) {
  position: relative !important; z-index: auto !important;
  width: 100% !important; height: 100% !important; min-height: 320px !important;
}
:host([hidden]), [hidden] { display: none !important; }

.dock {
  color-scheme: var(--faq-chat-scheme, light dark);
  --accent: light-dark(var(--faq-chat-accent, #05a), var(--faq-chat-accent-dark, #8cf));
  --on-accent: light-dark(var(--faq-chat-on-accent, #fff), var(--faq-chat-on-accent-dark, #012));
  --surface: light-dark(#fff, #111);
  --tint: light-dark(#f4f6f9, #222);
  --ink: light-dark(#112, #eee);
  --muted: light-dark(#445, #bbc);
  --line: light-dark(#778, #889);
  --soft: light-dark(#dde, #445);
  --mark: light-dark(#fe9, #540);
  --danger: light-dark(#911, #fba);
  --danger-tint: light-dark(#fee, #311);
  position: fixed; inset: auto; padding: 0; border: 0; overflow: visible; background: none; pointer-events: none;
  inset-block-end: var(--faq-chat-offset, 20px); inset-inline-end: var(--faq-chat-offset, 20px);
  display: flex; flex-direction: column; align-items: flex-end; gap: 12px;
  color: var(--ink); overflow-wrap: anywhere;
  font: 16px/24px var(--faq-chat-font, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif);
}
.dock > * { pointer-events: auto; }

*, ::before { box-sizing: border-box; }
h2, h3, p, ul, ol, blockquote, button, textarea { margin: 0; padding: 0; font: inherit; color: inherit; }
h2, h3, strong, mark, summary { font-weight: 600; }
a, .link, [part="suggestion"], [part="retry"] { color: var(--accent); border-color: var(--accent); }
.note, small, .status, ::placeholder { color: var(--muted); opacity: 1; }
.note, small { font-size: 13px; line-height: 20px; }
small { display: block; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg {
  flex: none; width: 20px; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round;
}
.unseen:not(.page .head *), .page h2 {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}

button, .people a {
  min-width: 36px; min-height: 36px; padding: 4px 14px; border: 1px solid var(--line); border-radius: 22px;
  background: var(--surface); font-size: 14px; line-height: 20px; text-align: start; cursor: pointer;
}
button:hover { background: var(--tint); }
.strong, .strong:hover, [aria-pressed="true"], [aria-pressed="true"]:hover, .people [href^="tel"] {
  border-color: transparent; background: var(--accent); color: var(--on-accent);
}
.strong { min-height: 44px; padding: 0 18px; border-radius: 14px; font-size: 16px; font-weight: 600; }
.strong:hover { box-shadow: inset 0 0 0 99px #0002; }
.launcher {
  display: flex; align-items: center; gap: 10px; min-height: 52px; border-radius: 26px;
  box-shadow: 0 2px 6px #0003, 0 8px 24px #0003;
}
.launcher:focus-visible { outline-color: var(--ink); }
.link { min-height: 24px; padding: 0; border: 0; background: none; font-size: 13px; text-decoration: underline; }
[part="suggestion"], [part="retry"], .people a { min-height: 44px; padding: 6px 18px; }

.panel {
  display: flex; flex-direction: column; overflow: hidden;
  width: min(var(--faq-chat-width, 400px), 100vw - 40px);
  height: min(var(--faq-chat-height, 660px), 100dvh - 124px);
  border: 1px solid var(--line); border-radius: var(--faq-chat-radius, 16px); background: var(--surface);
  box-shadow: 0 2px 6px #0003, 0 16px 48px #0003;
}
.head { display: flex; align-items: center; justify-content: end; padding: 8px; border-block-end: 1px solid var(--soft); }
h2 { flex: 1; padding-inline: 12px; }
.head button {
  display: flex; align-items: center; justify-content: center; gap: 8px;
  min-width: 44px; min-height: 44px; border-color: transparent;
}
.scroll { position: relative; flex: 1; padding: 20px 16px; overflow: auto; overscroll-behavior: contain; }
.scroll:focus-visible { outline-offset: -3px; }
.log { display: flex; flex-direction: column; gap: 14px; }
.suggestions, .people { display: grid; gap: 8px; }
.suggestions { margin-block-start: 8px; }

.message { padding: 14px 16px; border: 1px solid var(--soft); border-radius: 4px 16px 16px; }
.message > * + *, details > * + * { margin-block-start: 10px; }
details .source { margin-block-start: 20px; }
.said { white-space: pre-line; }
[data-kind="user"] {
  align-self: end; max-width: 85%; padding: 10px 16px; border-color: transparent; border-radius: 16px 16px 4px;
  background: var(--accent); color: var(--on-accent);
}
[data-kind="smalltalk"], [data-kind="clarify"] { align-self: start; }
[data-kind="error"] { border: 1px dashed var(--line); }
[data-kind="emergency"], [data-kind="crisis"] {
  --accent: var(--danger); --on-accent: var(--surface);
  border: 2px solid var(--danger); background: var(--danger-tint);
}
[data-kind="emergency"] h3, [data-kind="crisis"] h3 { color: var(--danger); font-size: 18px; }

.source { padding-inline-start: 14px; border-inline-start: 3px solid var(--accent); }
.source .note { margin-block-end: 4px; }
.note em { color: var(--ink); font-style: normal; font-weight: 600; }
blockquote > * + *, blockquote li > * { margin-block-start: 8px; }
blockquote ul, blockquote ol { padding-inline-start: 22px; }
blockquote .item { display: block; padding-inline-start: 11px; text-indent: -11px; }
code { font: 14px ui-monospace, monospace; background: var(--tint); }
mark { padding: 1px 0; border-radius: 3px; background: var(--mark); color: var(--ink); }
.citation, .people li {
  display: flex; align-items: center; gap: 12px; min-height: 44px; padding: 8px 14px;
  border: 1px solid var(--soft); border-radius: 12px; background: var(--tint); text-decoration: none;
}
.citation:hover { border-color: var(--accent); }
.citation strong { text-decoration: underline; }
summary { padding: 8px 0; font-size: 14px; line-height: 20px; cursor: pointer; }
.actions { display: flex; align-items: center; justify-content: end; gap: 8px; }
.actions .note { flex: 1; }

.people:empty { display: none; }
.people ul, .suggestions ul { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; }
.people li { flex: 1 1 100%; flex-wrap: wrap; background: var(--surface); border-color: var(--line); }
.people span:first-child { flex: 1 1 120px; }
.people a { display: flex; align-items: center; font-size: 16px; font-weight: 600; text-decoration: none; }

.status:not(:empty) { padding: 14px 16px 0; font-size: 14px; }
.status:not(:empty)::before {
  content: ""; display: inline-block; margin-inline-end: 10px; border: 4px solid var(--accent); border-radius: 50%;
}
.foot { padding: 12px; border-block-start: 1px solid var(--soft); }
.foot .note { font-size: 12px; line-height: 18px; }
.foot .note:not(:empty) { padding: 8px 4px 0; text-align: center; }
form { display: flex; align-items: end; gap: 8px; }
textarea {
  flex: 1; min-width: 0; min-height: 44px; max-height: 140px; padding: 9px 14px; border: 1px solid var(--line);
  border-radius: 14px; background: var(--surface); resize: none; field-sizing: content;
}
textarea:focus-visible { outline-offset: -1px; }

.page { position: static; display: block; height: 100%; }
.page .head { padding-block: 0; }
.page .panel { width: 100%; height: 100%; box-shadow: none; border-color: var(--soft); }

@media (max-width: 480px), (max-height: 480px) {
  .open:not(.page) { inset: 0; display: block; width: 100%; height: 100%; }
  .open .launcher { display: none; }
  .open:not(.page) .panel { width: 100%; height: 100dvh; border: 0; border-radius: 0; }
}
@media (forced-colors: active) {
  mark { background: Mark; color: MarkText; }
  [aria-pressed="true"] { border: 3px solid Highlight; }
}
@media (prefers-reduced-motion: no-preference) {
  .scroll { scroll-behavior: smooth; }
  .panel, .message { animation: rise .18s ease-out; }
  .status::before { animation: rise 1s infinite alternate; }
  @keyframes rise { from { opacity: 0; translate: 0 6px; } }
}
@media print {
  .dock:not(.page) { display: none; }
}
`;
