"""The quality runs on phantoms: what is drawn."""
