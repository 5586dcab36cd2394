/**
 * The widget's whole look. `all: initial` with `!important` on the host keeps the page's styles out, sizes are in px
 * because a page may have changed what a rem is, and borders that look transparent are drawn in forced colours.
 */
export const STYLES = `
:host { all: initial !important; display: block !important; position: fixed !important; }
:host([mode=page]) { position: static !important; height: 100% !important; min-height: 320px !important; }
:host([hidden]), [hidden] { display: none !important; }

.dock {
  color-scheme: var(--faq-chat-scheme, light dark);
  --accent: light-dark(var(--faq-chat-accent, #05a), var(--faq-chat-accent-dark, #8cf));
  --on-accent: light-dark(var(--faq-chat-on-accent, #fff), var(--faq-chat-on-accent-dark, #012));
  --surface: light-dark(#fff, #111);
  --tint: light-dark(#f4f6f9, #222);
  --ink: light-dark(#112, #eee);
  --title: var(--ink);
  --muted: light-dark(#445, #bbc);
  --line: #778;
  --soft: light-dark(#dde, #445);
  --mark: light-dark(#fe9, #540);
  --danger: light-dark(#911, #fba);
  --danger-tint: light-dark(#fee, #311);
  --faq-chat-top: 0;
  --faq-chat-tall: 100dvh;
  position: fixed; inset: auto; overflow: visible; background: none; pointer-events: none;
  bottom: var(--faq-chat-offset, 20px); inset-inline-end: var(--faq-chat-offset, 20px);
  display: grid; justify-items: end; gap: 12px; color: var(--ink); overflow-wrap: anywhere;
  font: 16px/24px var(--faq-chat-font, system-ui, sans-serif);
}
.dock > * { pointer-events: auto; }

* { box-sizing: border-box; margin: 0; padding: 0; border: 0; font: inherit; color: inherit; }
h2, h3, strong, mark, em, summary, .strong, .people a { font-weight: 600; }
a, .link, [part=suggestion], [part=retry] { color: var(--accent); border-color: var(--accent); }
.note, small, .status, ::placeholder { color: var(--muted); opacity: 1; }
.note, small, button, summary, .status { font-size: 14px; line-height: 20px; }
small { display: block; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { flex: none; width: 20px; fill: none; stroke: currentColor; stroke-width: 2; }
.unseen:not(.page .head *), .page h2 {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
[part=launcher], .head, .head button, [part=citation], .people ul, .people li, .people a, .suggestions ul, .actions, form {
  display: flex; align-items: center; justify-content: end; gap: 8px;
}
.people ul, .people li, .suggestions ul, .actions { flex-wrap: wrap; justify-content: start; list-style: none; }

button, .people a {
  min-width: 36px; min-height: 36px; padding: 4px 16px; border: 1px solid var(--line); border-radius: 99px;
  background: var(--surface); text-align: start; cursor: pointer;
}
.strong, [aria-pressed=true], .people [href^=tel], [data-kind=user] {
  border-color: transparent; background: var(--accent); color: var(--on-accent);
}
.strong { font-size: 16px; }
.strong, [part=suggestion], [part=retry], .people a, .head button { min-width: 44px; min-height: 44px; }
[part=launcher] { min-height: 52px; padding: 0 20px; }
[part=launcher], [part=panel] { box-shadow: 0 4px 24px #0004; }
.link { display: block; padding: 0; border: 0; background: none; }
button:hover, .link, [part=citation] strong { text-decoration: underline; }

[part=panel] {
  display: flex; flex-direction: column; overflow: hidden;
  width: min(var(--faq-chat-width, 400px), 100vw - 40px);
  height: min(var(--faq-chat-height, 660px), var(--faq-chat-tall) - 124px);
  border: 1px solid var(--line); border-radius: var(--faq-chat-radius, 16px); background: var(--surface);
}
.head { padding: 8px; border-bottom: 1px solid var(--soft); }
h2 { flex: 1; padding-inline: 12px; }
.head button { justify-content: center; padding: 4px; border-color: transparent; }
.scroll { position: relative; flex: 1; padding: 16px; overflow: auto; overscroll-behavior: contain; }
[part=transcript], .suggestions, .people { display: grid; gap: 12px; }

[part=message] { padding: 12px 16px; border: 1px solid var(--soft); border-radius: 4px 16px 16px; }
[part=message] > * + *, details > *, blockquote > * + *, blockquote li > *, .source > * + *, .suggestions { margin-top: 8px; }
.said { white-space: pre-line; }
[data-kind=user] { justify-self: end; max-width: 85%; border-radius: 16px 16px 4px; }
[data-kind=smalltalk] { justify-self: start; }
[data-kind=error] { border: 1px dashed var(--line); }
[data-kind=emergency], [data-kind=crisis] {
  --accent: var(--danger); --on-accent: var(--surface);
  --title: var(--danger);
  border: 2px solid var(--danger); background: var(--danger-tint);
}
h3 { color: var(--title); }

.source { padding-inline-start: 12px; border-inline-start: 3px solid var(--accent); }
em { font-style: italic; }
code { font-family: monospace; }
blockquote :is(ul, ol) { padding-inline-start: 22px; }
.item { display: block; padding-inline-start: 11px; text-indent: -11px; }
mark { background: var(--mark); color: var(--ink); }
[part=citation], .people li {
  justify-content: start; min-height: 44px; padding: 8px 16px; border: 1px solid var(--soft); border-radius: 16px;
  background: var(--tint); text-decoration: none;
}
summary { padding: 8px 0; }
.actions .note, .people span:first-child { flex: 1 1 90px; }
.actions p:not(:nth-last-child(2)) { flex-basis: 100%; }

.people:empty { display: none; }
.people li { flex: 1 1 100%; background: var(--surface); border-color: var(--line); }
.people a { text-decoration: none; }

.status { padding-inline: 16px; line-height: 44px; }
.foot { padding: 12px; border-top: 1px solid var(--soft); }
.foot .note:not(:empty) { padding: 8px 4px 0; font-size: 12px; text-align: center; text-wrap: balance; }
form { align-items: end; }
textarea {
  flex: 1; min-height: 44px; max-height: 140px; padding: 9px 16px; border: 1px solid var(--line);
  border-radius: 22px; background: var(--surface); resize: none; field-sizing: content;
}
.scroll:focus-visible, textarea:focus-visible { outline-offset: -3px; }

.page { position: static; display: block; height: 100%; }
.page .head { padding-block: 0; }
.page [part=panel] { width: 100%; height: 100%; box-shadow: none; }

@media (max-width: 480px), (max-height: 480px) {
  .open { inset: var(--faq-chat-top) 0 auto; display: block; height: var(--faq-chat-tall); }
  .open [part=launcher] { display: none; }
  .open [part=panel] { width: 100%; height: 100%; border: 0; border-radius: 0; }
}
@media (forced-colors: active) {
  [aria-pressed=true] { border: 3px solid Highlight; }
}
@media (prefers-reduced-motion: no-preference) {
  .scroll { scroll-behavior: smooth; }
  [part=panel], [part=message] { animation: rise .2s; }
  @keyframes rise { from { opacity: 0; translate: 0 6px; } }
}
@media print {
  .dock:not(.page), .head, .foot { display: none; }
  .page, .page [part=panel], .scroll { height: auto; overflow: visible; border: 0; }
}
`;
