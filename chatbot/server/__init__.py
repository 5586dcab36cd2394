"""The HTTP server: `app` makes it, `serve` runs it."""
