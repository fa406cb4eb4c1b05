"""Vital signs of a stay, hour by hour, as values for the page."""
