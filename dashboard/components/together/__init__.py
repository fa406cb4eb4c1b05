"""What the parts of a case say together, and its alerts: what is drawn."""
