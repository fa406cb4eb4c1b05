"""The heading under which a place of a note stands: "FHx:", "Plan:", "Urine:", "CSF", "Donor:".

A heading holds to the end of its line; alone on its line it holds for the lines below, to a blank line or the next heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADINGS = (
    ("family", r"(?:fhx?|f/h|fam(?:ily)?(?: hx| history|\.)?|family|donor(?: details| data)?|fo?etus|fo?etal|baby|partner"
               r"|mother|father|neonate)"),
    ("plan", r"(?:plan|recommendations?|advice|adv|to ?do|follow[- ]?up|f/u|targets?|goals?|if worse|safety[- ]net(?:ting)?"
             r"|escalation|next steps|contingency|rtc|jobs)"),
    ("history", r"(?:previous|old|prior|past|baseline) (?:results?|labs?|bloods?|values?|obs)"),
    (
        "specimen",
        r"(?:urine|urinalysis|ua|u/a|urine dip(?:stick)?|dip(?:stick)?|msu|csu|csf|lp|lumbar puncture|(?:pleural|ascitic"
        r"|joint|synovial|drain|peritoneal|"
        r"pericardial)(?: fluid| tap| aspirate)?|ascites|fluid|bile|sputum|stool|faeces|sweat|spot urine|24h urine chemistry)",
    ),
)  # fmt: skip
_HEADING = re.compile(
    r"(?:^|(?<=\n)|(?<=[.;|] )|(?<=\s{2}))[ \t>*#\d.)-]{0,6}(?:" + "|".join(f"(?P<h{i}>{words})" for i, (_,
    words) in enumerate(_HEADINGS)) +
    r")(?:[ \t]+\d{1,2}/\d{1,2}(?:/\d{2,4})?|[ \t]*\([^)\n]*\))?(?P<mark>[ \t]*(?::|\.{2,}|[ \t][-–][ \t])|[ \t]*\n|[ \t]{2,})",
    re.IGNORECASE,
)  # fmt: skip
_ANY = re.compile(
    r"(?:(?<=\. )|(?<=; )|(?<=\s{3}))[A-Z][A-Za-z/&+ ]{0,18}(?=:)|(?<=\n)[ \t]*[A-Z][A-Za-z/&+() ]{1,30}(?:[ \t]*:|[ \t]*\n)"
)


_PATIENT_AGAIN = re.compile(
    r"(?<=[.;])\s+(?:the patient|patient|pt|he|she|o/e|on exam\w*|obs|exam|bloods?|labs?|social|sh|shx|dhx?|pmhx?|imp|denies"
    r"|abg|vbg|smok\w+|tob\w*|never|ex-|non-?smok\w+|ecg|ekg|plan|allerg\w+|meds)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sections:
    """Stretches under a heading that matters, half-open, in order."""

    stretches: tuple[tuple[int, int, str], ...]

    def at(self, place: int) -> str:
        """Return the kind of heading over a place, or ""."""
        return next((kind for a, b, kind in reversed(self.stretches) if a <= place < b), "")


def find_sections(text: str) -> Sections:
    """Return what stands under the headings of a note."""
    found = []
    for match in _HEADING.finditer(text):
        kind = next(_HEADINGS[i][0] for i in range(len(_HEADINGS)) if match[f"h{i}"] is not None)
        line_end = text.find("\n", match.end("mark") - (1 if match["mark"].endswith("\n") else 0))
        line_end = len(text) if line_end < 0 else line_end
        alone = not text[match.end("mark") : line_end].strip() or match["mark"].endswith("\n")
        if alone:
            blank = re.search(r"\n[ \t]*\n", text[line_end:])
            other = _ANY.search(text, line_end + 1)
            end = min(line_end + blank.start() if blank else len(text), other.start() if other else len(text))
        else:
            other = _ANY.search(text, match.end("mark"), line_end)
            end = other.start() if other else line_end
            if kind == "family" and (back := _PATIENT_AGAIN.search(text, match.end("mark"), end)):
                end = back.start()
            if kind == "specimen" and (stop := re.search(r"(?<=[\w)%])[.]\s|;", text[match.end("mark") : end])):
                end = match.end("mark") + stop.end()  # a specimen reaches to the end of its sentence
        found.append((match.start(), end, kind))
    return Sections(tuple(found))
