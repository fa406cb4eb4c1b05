"""The quality runs on phantoms, as values for the page."""
