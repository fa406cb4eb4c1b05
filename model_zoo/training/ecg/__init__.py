"""Training of the beat model."""
