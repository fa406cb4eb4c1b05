"""Upkeep: all models under one roof, the checks of ``verify``, versions with comparisons, and promotions that are recorded."""
