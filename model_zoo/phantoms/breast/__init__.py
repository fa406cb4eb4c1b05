"""Computed breast ultrasound: a seed and a lesion flow in, a picture or a sweep with its truth comes out."""
