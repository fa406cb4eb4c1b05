"""What the parts of a case say together, and its alerts, as values for the page."""
