"""What was computed for the scan on the screen under the facts that its reader stated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dashboard.session.part import Part
from model_zoo.errors import ZooError

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.case import CaseReview
    from model_zoo.results import ModelInput


@dataclass(eq=False)
class Reading(Part):
    """One reading; another scan, model or stated fact begins another.

    review: what has been computed so far; the methods still missing in it are the pending steps. target: the finding that is
    explained. explain_errors: why a method gave no map, until the reader tries again; check_errors: why a map could not be
    checked, by method and finding. shared_checks: a finding, and what the checks of its maps have in common. outlined: whether
    the outlines were asked for; added: how many of the steps that add to its number were done. saved_id: of the saved case
    that holds exactly what is on the screen.
    """

    model_input: ModelInput | None = None
    review: CaseReview | None = None
    target: str | None = None
    explain_errors: dict[str, ZooError] = field(default_factory=dict)
    check_errors: dict[tuple[str, str], ZooError] = field(default_factory=dict)
    shared_checks: tuple[str, dict[str, Any]] | None = None
    outlined: bool = False
    added: int = 0
    read_error: ZooError | None = None
    outline_error: ZooError | None = None
    saved_id: str | None = None

    def forget_errors_of(self, method: str) -> None:
        """Forget why a method gave no map or could not be checked: it is tried anew."""
        self.explain_errors.pop(method, None)
        self.check_errors = {key: error for key, error in self.check_errors.items() if key[0] != method}

    def shared_for(self, target: str) -> dict[str, Any]:
        """Return the results that all maps of a finding have in common, empty for a new finding."""
        if self.shared_checks is None or self.shared_checks[0] != target:
            self.shared_checks = (target, {})
        return self.shared_checks[1]
