"""A note and what was read in it: what is drawn."""
