"""Phantom quality assurance: the series of computed scans, its release, and whether a later run is like it."""
