"""Stored cases: a ``CaseReview`` flows in and comes back equal, without pixels and without any patient identifier.

The page talks to the ``CaseStore`` interface alone; a folder stands behind it by default.
"""

from dashboard.records.case_store import CaseStore, CaseSummary, summarise
from dashboard.records.folder_store import FOLDER_VARIABLE, FolderCaseStore, default_folder

__all__ = ["FOLDER_VARIABLE", "CaseStore", "CaseSummary", "FolderCaseStore", "default_folder", "summarise"]
