"""The open case: bringing it, keeping it, reading it, as values for the page."""
