"""Of what a value is, where the code alone does not say it: specimen, site of the body, method.

A code of arterial blood beside a venous specimen contradicts itself, and a glucose of another fluid is not that of blood.
Such values are left out: a score would take them for the patient's own, in arterial or any blood.

Codes: SNOMED CT of specimens, snomed.info/sct.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from model_zoo.vital_signs.fhir.document import Entry, object_of, objects_of, text_of
from model_zoo.vital_signs.fhir.elements import Concept, Observation
from model_zoo.vital_signs.fhir.references import Key, Roots, contained, key_of, own_keys, root_of
from model_zoo.vital_signs.loinc import SNOMED

# LOINC codes whose system is arterial blood.
ARTERIAL = ("2708-6", "2744-1", "2703-7", "2019-8", "1960-4", "1925-7", "50984-4")
_SPECIMENS = {
    "122555007": "venous", "122554006": "capillary", "122556008": "cord", "122575003": "urine", "258574006": "urine",
    "258450006": "cerebrospinal", "309201001": "ascitic", "168139001": "peritoneal", "418564007": "pleural",
    "119342007": "saliva", "119334006": "sputum", "119323008": "pus", "119332005": "synovial", "119373006": "amniotic",
    "168137004": "gastric", "168138009": "gastric", "119339001": "stool",
}  # fmt: skip
_FLUIDS = re.compile(
    r"\b(urin\w*|csf|cerebrospinal|liquor|ascit\w+|periton\w+|pleura\w*|dialys\w+|effluent|drain\w*|sputum|tracheal|bronch\w+"
    r"|stool|f(?:a?e)ces|f(?:a?e)cal|gastric|amniotic|synovial|joint fluid|pericardial|bile|saliva|sweat|pus|wound|abscess)\b"
)
_NOT_ARTERIAL = re.compile(r"\b(venous|vein|veins|vena|cava|capillary|intraosseous)\b")
_ANOTHER = re.compile(r"\b(f(?:o?e)tal|f(?:o?e)tus|umbilical|cord|placent\w+|donor|graft)\b")
_ELSEWHERE = {
    "temperature_celsius": re.compile(r"\b(toes?|foot|feet|fingers?|hands?|ankle|peripher\w+|room|ambient|incubator|dialysate)\b"),
    **dict.fromkeys(
        ("systolic_pressure_mmhg", "diastolic_pressure_mmhg", "mean_arterial_pressure_mmhg"),
        re.compile(r"\b(pulmonary|ankles?|toes?|venous|vein|atri\w+|ventric\w+|intracranial|penile)\b"),
    ),
}  # fmt: skip
_VITAL = (
    "respiratory_rate_per_min", "oxygen_flow_l_min", "fio2_fraction", "heart_rate_per_min", "consciousness", "gcs_points",
    "urine_ml_per_day", *_ELSEWHERE,
)  # fmt: skip


class Origins:
    """Finds the words about the origin of the values of a bundle."""

    def __init__(self, entries: list[Entry]) -> None:
        specimens = {key: entry.resource for entry in entries if entry.kind == "Specimen" for key in own_keys(entry)}
        self._roots = Roots(specimens)
        self._specimens: Mapping[Key, object] = {self._roots.settled(key): one for key, one in specimens.items()}

    def reason(self, observation: Observation, entry: Entry, concept: Concept, name: str, code: str) -> str | None:
        """Return why a value is of something else than its code says, ``None`` where nothing says so."""
        words = " ".join(self._words(observation, entry, concept)).casefold().replace("_", " ")
        if not words:
            return None
        if _ANOTHER.search(words):
            return "it is of someone or something else than the patient"
        if name not in _VITAL and _FLUIDS.search(words):
            return "it is of another specimen than blood"
        if code in ARTERIAL and _NOT_ARTERIAL.search(words):
            return "its code says arterial blood, its specimen or site another"
        elsewhere = _ELSEWHERE.get(name)
        if elsewhere is not None and elsewhere.search(words):
            return "it was measured at another site"
        return None

    def _words(self, observation: Observation, entry: Entry, concept: Concept) -> Iterator[str]:
        for one in (observation.code, concept, observation.bodySite, observation.method):
            if one is not None:
                yield one.text or ""
                yield from (coding.display or "" for coding in one.coding or ())
        if observation.specimen is None:
            return
        yield observation.specimen.display or ""
        target = observation.specimen.reference or ""
        if target.startswith("#"):
            found: object = next(contained(entry.resource, target), None)
        else:
            found = self._specimens.get(self._roots.settled(key_of(target, root_of(entry))))
        yield from _specimen_words(found)


def _specimen_words(specimen: object) -> Iterator[str]:
    collected = object_of(object_of(specimen, "collection"), "bodySite")
    for concept in (object_of(specimen, "type"), collected):
        yield text_of(concept, "text")
        for coding in objects_of(concept, "coding"):
            yield text_of(coding, "display")
            if text_of(coding, "system") == SNOMED:
                yield _SPECIMENS.get(text_of(coding, "code"), "")
