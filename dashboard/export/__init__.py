"""Exports, one file each: a ``CaseReview``, and the scan while it is open, flow in; the bytes of a file come out.

A module here that defines ``EXPORT`` is an entry of the export menu.
"""

from dashboard.export.entry import Export
from model_zoo.registry import Registry

EXPORTS: Registry[Export] = Registry("export", "dashboard.export", "EXPORT")

__all__ = ["EXPORTS", "Export"]
