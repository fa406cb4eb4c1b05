"""The installed image models and their versions, as values for the page."""
