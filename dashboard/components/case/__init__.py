"""The open case: bringing it, keeping it, reading it: what is drawn."""
