"""Health monitoring: a CSV file, pasted rows or a FHIR bundle flow in, a ``VitalSeries`` and its hourly NEWS2 come out.

Times are irregular, most values of most rows are missing, and nothing is filled, clipped or dropped without a note.
"""

from model_zoo.quantities.numbers import Decimal
from model_zoo.vital_signs.fhir import read_fhir
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries
from model_zoo.vital_signs.table import read_rows, read_table
from model_zoo.vital_signs.variables import MONITORED, variable

__all__ = [
    "MONITORED",
    "InvalidSeries",
    "VitalSeries",
    "read_fhir",
    "read_rows",
    "read_series",
    "read_table",
    "variable",
]


def read_series(data: bytes, name: str = "", decimal: Decimal | None = None) -> VitalSeries:
    """Return the series of a file: JSON is read as FHIR, anything else as a table. name: only its ending is looked at.
    decimal: the mark before decimals of a table, see ``read_rows``.

    Raises InvalidSeries.
    """
    if name.lower().endswith(".json") or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return read_fhir(data)
    return read_table(data, decimal=decimal)
