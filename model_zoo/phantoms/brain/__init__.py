"""Computed contrast-enhanced head MR: a seed and a mass flow in, a slice or a stack with its truth comes out."""
