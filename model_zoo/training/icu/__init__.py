"""Training of the hourly ICU models."""
