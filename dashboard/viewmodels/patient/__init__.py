"""The patient's values and risks, as values for the page."""
