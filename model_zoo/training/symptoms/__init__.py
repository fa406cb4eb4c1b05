"""Training of the symptom encoders."""
