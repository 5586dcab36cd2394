/** Where the panel covers the whole screen; the same as in the styles. */
export const NARROW = matchMedia("(max-width: 480px), (max-height: 480px)");

/** Says how much of the screen a keyboard on glass leaves, and from where. */
export const REST = new CSSStyleSheet();
["resize", "scroll"].forEach((name) =>
  visualViewport?.addEventListener(name, ({ target }) => {
    const { scale, offsetTop, height } = /** @type {VisualViewport} */ (target);
    // Who has zoomed in with two fingers wants to see things larger, not arranged anew.
    REST.replaceSync(scale > 1 ? "" : `.dock{--faq-chat-top:${offsetTop}px;--faq-chat-tall:${height}px}`);
  }),
);
