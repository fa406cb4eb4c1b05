"""The installed image models and their versions: what is drawn."""
