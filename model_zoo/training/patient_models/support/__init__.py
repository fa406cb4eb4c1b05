"""Training of the respiratory risk model on SUPPORT2."""
