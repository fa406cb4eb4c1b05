"""axe-core in the page: what it finds, each with the rule, the element and why, and which listed exception covers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Whether an exception covers an element is asked of the element itself: the selectors that axe writes depend on the surroundings.
_RUN = """
async ({tags, exceptions}) => {
  const results = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], elementRef: true});
  const why = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
  return results.violations.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    target: node.target.flat().join(" >> "),
    html: node.html.slice(0, 300),
    why: why(node),
    exception: exceptions.findIndex((one) => one.rule === rule.id && (node.element?.matches(one.selector) ?? false)),
  })));
}
"""


@dataclass(frozen=True)
class Exempt:
    """What axe finds in what Streamlit or Plotly alone draw. selector: of the element; reason: why it cannot be mended here."""

    rule: str
    selector: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule. exception: index of the exception that covers it, -1: none."""

    place: str
    rule: str
    target: str
    html: str
    why: str
    exception: int

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.target}\n    {self.html}\n    {self.why}"


def examine(page: Page, place: str, exceptions: Sequence[Exempt]) -> list[Finding]:
    """Return what axe finds on the page as it stands, shadow roots included. place: what is on the screen, in a word."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    listed = [{"rule": one.rule, "selector": one.selector} for one in exceptions]
    found: list[dict[str, Any]] = page.evaluate(_RUN, {"tags": list(TAGS), "exceptions": listed})
    return [Finding(place=place, **one) for one in found]
