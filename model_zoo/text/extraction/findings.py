"""Findings in words: the yes-or-no and choice features of the patient models, and complaints that are shown beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model_zoo.patients.features import FeatureSpec, Value
from model_zoo.text.extraction.items import ExtractedItem


@dataclass(frozen=True)
class _Rule:
    """value: of the feature where the words are stated; denied: where they are negated (None: nothing follows)."""

    name: str
    words: str
    value: Value
    denied: Value = None


# Of a feature the first rule that matches a place holds, so the narrow ones stand first.
_RULES = (
    _Rule("diabetes", r"(?:type (?:1|2|i|ii) )?diabet(?:es|ic)(?: mell?itus)?|t[12]dm|iddm|niddm|dm ?(?:type )?[12]|"
        r"dm2?", 1.0, 0.0),
    _Rule("dementia", r"dement(?:ia|ed)|alzheimer(?:['’]?s)?(?: disease)?", 1.0, 0.0),
    _Rule("hypertension", r"(?:arterial )?hypertensi(?:on|ve)|htn|high blood pressure", 1.0, 0.0),
    _Rule("smoking", r"(?:non|never)[- ]smok(?:er|ing)|nonsmoker|(?:ex|former)[- ]smoker|quit smoking|stopped smoking|"
        r"used to smoke", 0.0, None),
    _Rule("smoking", r"(?:current |heavy |active )?smok(?:er|es|ing)|smokes?|pack(?:s)? (?:per|a|/) ?day|tobacco use", 1.0, 0.0),
    _Rule("anaemia", r"ana?emi(?:a|c)", 1.0, 0.0),
    _Rule("exercise_angina", r"(?:exercise|exertion|effort)[- ](?:induced )?angina|angina (?:at|on|with|during) "
        r"(?:exercise|exertion|effort)", 1.0, 0.0),
    _Rule("chest_pain", r"atypical (?:angina|chest pain)", "atypical"),
    _Rule("chest_pain", r"non-?[ -]?anginal (?:chest )?pain", "non_anginal"),
    _Rule("chest_pain", r"typical angina(?:l (?:chest )?pain)?", "typical"),
    _Rule("chest_pain", r"chest pains?|thoracic pain|retrosternal pain|cp", None),
    _Rule("resting_ecg", r"(?:left ventricular hypertrophy|lvh)", "lvh"),
    _Rule("resting_ecg", r"st-?t(?:[- ]wave)? (?:abnormalit(?:y|ies)|changes)|t[- ]wave inversions?", "st_t"),
    _Rule("resting_ecg", r"(?:normal (?:resting )?e[ck]g|e[ck]g(?: is| was)? (?:normal|unremarkable))", "normal"),
    _Rule("cancer", r"metasta(?:tic|ses|sis|sized)(?: (?:\w+ )?(?:cancer|carcinoma|disease|melanoma))?", "metastatic"),
    _Rule("cancer", r"(?:\w+ )?(?:cancer|carcinoma)|malignan(?:cy|t disease)|lymphoma|leuka?emia|melanoma", "yes", "no"),
    _Rule("diagnosis", r"(?:non-small[- ]cell )?(?:lung cancer|lung carcinoma)|nsclc", "lung_cancer"),
    _Rule("diagnosis", r"(?:acute |infective )?exacerbation of copd|copd exacerbation|exacerbated copd|aecopd", "copd"),
    _Rule("diagnosis", r"septic shock|sepsis|ards|(?:acute |hypoxa?emic )?respiratory failure|multi-?(?:ple )?organ "
        r"failure", "arf_mosf_sepsis"),
)  # fmt: skip
# In the Cleveland data "asymptomatic" marks an atypical presentation with a high risk, not a patient who denies pain.
_DENIAL_PROBLEMS = {"chest_pain": "that chest pain is denied does not say which type the model means"}
# Complaints without a feature: shown with their negation, for the reader and the symptom model.
_COMPLAINTS = {
    "fever": r"fever(?:s|ish)?|febrile|pyrexia",
    "cough": r"cough(?:s|ing)?",
    "dyspnoea": r"(?:short(?:ness)? of breath|dyspno?ea|breathless(?:ness)?|sob|difficulty breathing)",
    "chest pain": r"chest pains?|thoracic pain|retrosternal pain|cp",
    "haemoptysis": r"ha?emoptysis|cough(?:ing|ed|s)? up (?:fresh |some )?blood",
    "vomiting": r"vomit(?:ing|ed|s)?|emesis",
    "nausea": r"nause(?:a|ous|ated)",
    "diarrhoea": r"diarrh(?:o?ea)",
    "abdominal pain": r"(?:abdominal|belly|stomach|epigastric) pain",
    "headache": r"headaches?|cephalgia",
    "dizziness": r"dizz(?:y|iness)|vertigo|light-?headed(?:ness)?",
    "syncope": r"syncop(?:e|al)|faint(?:ed|ing)|loss of consciousness|collapsed",
    "confusion": r"confus(?:ed|ion)|disorientated|disoriented|delirium",
    "chills": r"chills|rigors|shivering",
    "oedema": r"(?:leg |ankle |peripheral )?o?edema|swollen (?:legs|ankles)",
    "jaundice": r"jaundice[d]?|icter(?:us|ic)",
    "weight loss": r"weight loss|lost weight",
    "palpitations": r"palpitations?",
    "rash": r"(?:skin )?rash",
}


def find_findings(text: str, specs: Iterable[FeatureSpec]) -> Iterator[ExtractedItem]:
    """Yield findings without context or negation; ``note`` adds both, and ``settle`` then gives the value."""
    by_name = {spec.name: spec for spec in specs}
    taken: list[tuple[str, int, int]] = []
    for rule in _RULES:
        if (spec := by_name.get(rule.name)) is None:
            continue
        for match in re.finditer(rf"(?<![\w-])(?:{rule.words})(?![\w])", text, re.IGNORECASE):
            if any(name == rule.name and match.start() < b and a < match.end() for name, a, b in taken):
                continue
            taken.append((rule.name, match.start(), match.end()))
            yield ExtractedItem(
                "finding",
                rule.name,
                spec.title,
                match.start(),
                match.end(),
                match.group(),
                match.group(),
                "",
                rule.value,
            )
    complaints = [
        (name, match)
        for name, words in _COMPLAINTS.items()
        for match in re.finditer(rf"(?<![\w-])(?:{words})(?![\w])", text, re.IGNORECASE)
    ]
    claimed = [match.span() for _, match in complaints]
    for name, match in complaints:
        # "coughing up blood" is no cough beside it: the longest phrase has the place.
        if any(a <= match.start() and match.end() <= b and (a, b) != match.span() for a, b in claimed):
            continue
        if name == "fever" and re.match(r"\s*(?:of|to|up to|at|with|:)?\s*\d\d[.,]?\d?", text[match.end() :]):
            continue  # "fever 38.5" is a temperature
        yield ExtractedItem("finding", name, name, match.start(), match.end(), match.group(), match.group())


def denied_value(name: str, words: str) -> Value:
    """Return what a feature is where these words are denied; None where nothing follows."""
    for rule in _RULES:
        if rule.name == name and re.fullmatch(rule.words, words, re.IGNORECASE):
            return rule.denied
    return None


def denial_problem(name: str, words: str) -> str:
    """Return why a denial in these words is no value of the feature, where that must be said; else ""."""
    rules = (rule for rule in _RULES if rule.name == name and re.fullmatch(rule.words, words, re.IGNORECASE))
    rule = next(rules, None)
    return "" if rule is None or rule.value is not None else _DENIAL_PROBLEMS.get(name, "")


def is_complaint(name: str) -> bool:
    return name in _COMPLAINTS
