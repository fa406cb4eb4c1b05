"""Versions of folder models: held-out predictions flow in; comparisons, and promotions that are recorded, come out."""
