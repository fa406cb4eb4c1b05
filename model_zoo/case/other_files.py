"""What a file that holds no patient's values is instead, and where it belongs; asked only of a file that was refused."""

from __future__ import annotations

import csv
import re

from model_zoo.errors import InvalidPatientRecord

_RESOURCE = re.compile(r'"resourceType"\s*:\s*"([A-Za-z]+)"')
TO_MONITORING = (
    "It is read as the vital signs of a stay: open it on the page Monitoring, from Note and vital signs under the film "
    "(command line: --vitals)."
)
_VALUES = "Type the values, or give them as CSV (header and one row, or field,value rows) or as JSON."


class VitalSignsGiven(InvalidPatientRecord):
    """The file holds measurements of a stay, which are read elsewhere."""


def other_file(data: bytes) -> InvalidPatientRecord | None:
    """Return the refusal of a FHIR file or of a table of times, by what it is; ``None``: it is neither."""
    text = data.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith(("{", "[")):
        resources = set(_RESOURCE.findall(text))
        if "Observation" in resources:
            return VitalSignsGiven(["the file is a FHIR file with observations over time"], TO_MONITORING)
        if resources:
            return InvalidPatientRecord(["the file is a FHIR file without observations: it holds no values"], _VALUES)
        return None
    if _is_table_of_times(text):
        return VitalSignsGiven(
            ["the file is a table with one row per time, not the values of one moment"], TO_MONITORING
        )
    return None


def _is_table_of_times(text: str) -> bool:
    """Tell whether the header names a time and a quantity that is monitored, as the reader of such tables understands it."""
    from model_zoo.vital_signs.headers import (  # monitoring leans on the patients, not they on it
        DATE,
        TIME,
        read_header,
    )

    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    delimiter = max("\t;,", key=lines[0].count)
    try:
        titles = next(csv.reader(lines[:1], delimiter=delimiter))
    except csv.Error:
        return False
    names = {read_header(title).name for title in titles} - {None}
    return bool(names & {TIME, DATE}) and bool(names - {TIME, DATE})
