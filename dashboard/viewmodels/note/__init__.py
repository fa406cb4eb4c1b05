"""A note and what was read in it, as values for the page."""
