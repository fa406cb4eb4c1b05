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
_SITES = (
    r"breast|lung|colon|colorectal|bowel|rectal|prostate|bladder|pancrea(?:s|tic)|ovar(?:y|ian)|gastric|stomach|renal|kidney"
    r"|thyroid|cervi(?:x|cal)|"
    r"o?esophageal|endometrial|testicular|liver|hepatocellular|skin|brain|laryngeal|squamous cell|basal cell"
    r"|transitional cell|small[- ]cell"
)
_RULES = (
    _Rule("diabetes", r"(?:(?:type|t) ?(?:1|2|i|ii|3c) )?(?:new[- ]onset )?diabet(?:es|ic)(?: mell?itus)?|t[12] ?dm|iddm"
                      r"|niddm|dm ?(?:type ?)?[12]|"
        r"dm|d m", 1.0, 0.0),
    _Rule("dementia", r"(?:(?:vascular|lewy body|mixed|alzheimer'?s?) )?dement(?:ia|ed)|alzheimer(?:['’]?s)?(?: disease)?",
    1.0, 0.0),
    _Rule("hypertension", r"(?:essential |arterial |systemic )?hypertensi(?:on|ve)|(?:systemic )?htn|ht(?= on )"
                          r"|high blood pressure|high bp|hbp", 1.0, 0.0),
    _Rule("smoking", r"(?:non|never)[- ]?smok(?:er|ing)|(?:life[- ]?long|current) non[- ]?smoker|(?:ex|former|previous"
                     r"|past)[- ]?smoker|"
        r"(?:quit|stopped|gave up|given up|packed in|ceased) (?:smoking|cigarettes|tobacco|the fags)|used to smoke"
        r"|last (?:cigarette|fag)|"
        r"smoked (?:till|until)|smoking cessation (?:in|achieved)", 0.0, None),
    _Rule("smoking", r"(?:current(?:ly)?|heavy|active(?:ly)?|still|continues to|daily)[- ](?:a )?(?:smok(?:er|es|ing|e))"
                     r"|smok(?:er|es|ing)|smoked?|"
        r"packs? (?:per|a|/) ?day|[\d./½]+ ?ppd|tobacco(?: use)?|cigarettes?|cigs?|fags?|smk|tob|smoking (?:status"
        r"|history)", 1.0, 0.0),
    _Rule("anaemia", r"ana?emi(?:a|c)", 1.0, 0.0),
    _Rule("exercise_angina", r"(?:exercise|exertion(?:al)?|effort)[- ]?(?:induced |related )?angina|angina (?:at|on|with|during) "
        r"(?:exercise|exertion|effort|the (?:bike|treadmill|stairs|exercise test))|angina (?:when|while|on) (?:he "
        r"|she )?(?:climb\w*|walk\w*|exert\w*)"
        r"(?: (?:the|a|up|upstairs|hills?|stairs|uphill|\w+))?", 1.0, 0.0),
    _Rule("chest_pain", r"atypical (?:angina|chest pain)", "atypical"),
    _Rule("chest_pain", r"non-?[ -]?anginal (?:chest )?pain", "non_anginal"),
    _Rule("chest_pain", r"typical angina(?:l (?:chest )?pain)?", "typical"),
    _Rule("chest_pain", r"chest pains?|thoracic pain|retrosternal pain|cp", None),
    _Rule("resting_ecg", r"(?:left ventricular hypertrophy|lvh)", "lvh"),
    _Rule("resting_ecg", r"st-?t(?:[- ]wave)? (?:abnormalit(?:y|ies)|changes)|t[- ]?wave inversions?", "st_t"),
    _Rule("resting_ecg", r"(?:normal (?:resting |12[- ]lead )?e[ck]g|e ?[ck] ?g(?: is| was|:)? (?:normal"
                         r"|unremarkable))(?! (?:except|apart|bar))", "normal"),
    _Rule("cancer", r"metasta(?:tic|ses|sis|sized)(?: (?:\w+ )?(?:cancer|carcinoma|disease|melanoma|ca))?|(?:(?:liver|brain"
                    r"|bone|lung|nodal)(?: ?[+&,] ?| and )?)+ mets|mets|(?:(?:bone|bony|liver|hepatic|brain|cerebral"
                    r"|lung|nodal|spinal) )?(?:secondaries"
                    r"|deposits)|spread to (?:the |his |her )?(?:bones?|liver|lungs?|brain|spine|nodes)",
        "metastatic"),
    _Rule("cancer", rf"(?:{_SITES}) (?:cancer|carcinoma|ca|adenocarcinoma)|lymphoma|leuka?emia|melanoma|my?eloma", "yes"),
    _Rule("cancer", r"(?:cancer|carcinoma)|malignan(?:cy|t disease)|malig", "yes", "no"),
    _Rule("diagnosis", r"(?:non-small[- ]cell )?(?:lung (?:cancer|carcinoma|ca))|nsclc", "lung_cancer"),
    _Rule("diagnosis", r"(?:acute |infective )*exacerbation of copd|copd exacerbation|exacerbated copd|i?ecopd|ae ?copd", "copd"),
    _Rule("diagnosis", r"septic shock|sepsis|ards|(?:acute |hypoxa?emic )?respiratory failure|multi-?(?:ple )?organ "
        r"failure", "arf_mosf_sepsis"),
)  # fmt: skip
# Names a note asks about; alone they say neither yes nor no.
_ASKED = re.compile(
    r"tobacco(?: use)?|cigarettes?|cigs?|fags?|smk|tob|smok(?:ing|ed?)(?: status| history)?", re.IGNORECASE
)
_BOX = re.compile(
    r"[ \t]*(?:[:.][ \t]*)?(?:\[ ?\][ \t]*[\w/-]+[ \t]*)*\[[ \t]*x[ \t]*\][ \t]*(?P<ticked>current|yes|active|former|ex"
    r"|never|no|non|none|quit|previous|past)\b",
    re.IGNORECASE,
)
_QUIT = re.compile(
    r"(?:[ \t:=–-]|\.(?=[. ]*\.)|(?<=\.)\.|\bstatus\b|\bhistory\b){0,30}(?:(?P<no>never|non|no\b|nil|none|zero|0\b(?!\.)"
    r"|ex\b|ex-|former|previous|past\b|quit|stopped|gave up|given up|packed (?:it|them)? ?in|denie[sd]|n\b|"
    r"[-–](?=\s*(?:[,;/)\n]|$)))|(?P<yes>current|yes|y\b|active|still|daily|\+|\d+ ?(?:/|per|a|cigs?|cigarettes|roll|pack|x)))",
    re.IGNORECASE,
)
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
        for match in re.finditer(rf"(?<!\w)(?<!\w-)(?:{rule.words})(?![\w])", text, re.IGNORECASE):
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


def smoking_answer(text: str, item_text: str, end: int) -> float | None:
    """Return what stands behind a word of smoking: 0 for never or former, 1 for current, None where nothing does.

    "smoker: former", "Tobacco: [ ] current [X] former", "Smoking .... current, 5/day", "cigarettes: packed them in".
    """
    if box := _BOX.match(text, end):
        return 1.0 if re.match(r"current|yes|active", box["ticked"], re.IGNORECASE) else 0.0
    if answer := _QUIT.match(text, end):
        return 0.0 if answer["no"] is not None else 1.0
    return None


def is_asked(words: str) -> bool:
    """Tell whether words of smoking only name the habit."""
    return _ASKED.fullmatch(words) is not None


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
