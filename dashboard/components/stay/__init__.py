"""Vital signs of a stay, hour by hour: what is drawn."""
