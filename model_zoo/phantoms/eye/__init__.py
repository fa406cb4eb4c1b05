"""Computed fundus photographs: a seed and the signs of retinopathy flow in, a photograph with its truth comes out."""
