"""Between message and search: small, visible steps, each of which says what it did."""
