"""The evaluation of a model, as values for the page."""
