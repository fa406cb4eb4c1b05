"""Age and sex of the patient, from the first statement of the patient and never from a later one.

"64-year-old", "72 y/o", "Age: 58" state an age wherever they stand. A number and one letter ("58M", "45 F", "M 45") do
so only where a
note introduces its patient: at the beginning of a line near its top, after "Pt", or in brackets behind the name. Elsewhere the
letter is Fahrenheit, French, metres, months or weeks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from model_zoo.text.extraction.items import ExtractedItem

NOT_NOW = "an age of another time, or not of the patient"
LATER = "the first statement of the patient is used"
_OLD = (
    r"(?<![\w.,/+])(?P<age>\d{1,3})(?:[\s-]*(?:jährige[rn]?)|[\s-]*(?P<unit>years?|yrs?|months?|mo|mths?|weeks?"
    r"|days?)\.?[\s-]*(?:old|of age)\b|"
    r"\s*(?:y/o|y\.o\.|yo(?=[mf]?\b)|y\.?/?\s?o\b|yr old)(?P<letter>\s*[mf]\b)?|\s*(?P<years>years|yrs|yr"
    r"|jahre)\b(?=\s*[,.;)]|\s+(?:lady|gentleman|man|woman|male|female|boy|girl|m|f)\b)|"
    r"\s+y(?=\s+(?:female|male|m|f|lady|man|woman)\b))"
)
_NAMED = (
    r"\bage(?:d|/sex)?\b[\s.:=]*(?P<named>\d{1,3})(?:\s*/\s*(?P<slash>[mf])\b)?(?!\s*(?:-|to)\s*\d|\s*(?:mg|%))"
    r"(?:\s*(?P<nunit>months?|weeks?|days?)\b)?"
)
_STRONG = re.compile(rf"{_OLD}|{_NAMED}", re.IGNORECASE)
_LETTERS = re.compile(
    r"(?<![\w.,/+:-])(?:(?P<age>\d{1,3})(?P<gap>\s?)(?:/\s?)?(?P<sex>[MFmf])(?![\w/+'’:-])"
    r"|(?P<sex2>[MF])(?P<gap2>\s?)(?:/\s?)?(?P<age2>\d{2,3})(?![\w.,/:%-]\d|\w))"
)
# What makes a number of years another time of life, or another thing.
_NOT_NOW = re.compile(
    r"(?:\bsince(?: (?:he|she) was| the age of)?|\bat(?: the)?(?: age(?: of)?)?|@|\bfrom(?: the)?(?: age(?: of)?)?"
    r"|\bwhen(?: (?:he|she|they) (?:was|were))?|\buntil|\btill|\bby|"
    r"\bdiagnosed(?: at| aged?)?|\bdx(?:'?d)?(?: at)?|\bturn(?:s|ing|ed)?|\bwill be|\bover|\bunder|\babove|\bbelow"
    r"|\bonset(?: at| age)?|\bdied|\bd\.|\bfor|\bas a|\bout|\bfirst|\blast|"
    r"\bconfirmed|\bstudent,|\bschool,|\bin (?:his|her) |\bmenarche|\bmenopause|\bdue|\bstarted|\bsmok\w+|\bafter|\bborn"
    r"|\bthe|\bof|\band|\bage of|\bex-?|\bprevious|\bscreening|\bto)"
    r"\s+(?:age(?:d)?\s*)?(?:of\s*)?$",
    re.IGNORECASE,
)
_AGED_ENDS = re.compile(r"\s*(?:[,.;)\n]|$|years?\b|and\b|with\b|who\b|presents)", re.IGNORECASE)
_INTRODUCED = re.compile(
    r"(?:\b(?:atsp|asked to see|called to see|pt|patient|re|name|id|hpi|s|cc|triage|bed \w+)\b\.?\s*(?:is a|is an|:|,"
    r"|-)?\s*(?:an?\s+)?|\bresus \d+\s+)$",
    re.IGNORECASE,
)
_NAME_BRACKET = re.compile(
    r"(?:\b[A-Z][a-z'’-]+,?\s+[A-Z](?:[a-z'’-]+|\.),?|\b(?:Mr|Mrs|Ms|Miss)\.? [A-Z][\w'’-]*,?|\bPatient:[^\n]{1,30})\s*\(?$"
)
# An age in brackets far below the head of a note, behind a name or a word that is no patient: "(M, 12 years)".
_BRACKET = re.compile(r"\((?:[MFmf]|male|female|aged?|now)?[,;:]?\s*$")
_HEAD = 400  # characters in which a note introduces its patient
_NOUNS = (
    ("F", re.compile(r"\b(?:woman|women|female|girl|lady|patientin|frau|housewife|yof|yo f)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:man|male|boy|gentleman|herr|gent|männlich|yom|yo m)\b", re.IGNORECASE)),
)
_TITLE = re.compile(r"(?<!\w)(?:(?P<F>Mrs|Ms|Miss|Frau|mrs|miss)|(?P<M>Mr|Herr|mister|mr))\.?(?=\s+[A-Z\w])")
_INTRODUCES_TITLE = re.compile(
    r"(?:\bre:?|\bpatient:?|\bname:?|\bseeing|\breferr\w+|\bregarding|\bS:|\bfor|^|\n|\.|(?<!\w)[A-Z]:)\s*$",
    re.IGNORECASE,
)
_OF_STAFF = re.compile(
    r"['’]s\b|\s+(?:consultant|list|clinic|reg|surgeon|ward)|\s+\w+\s*(?:\(cons|to review|['’]s (?:list|clinic|team|ward))",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:consultant|surgeon|gp|doctor|nurse|dieti[ct]ian|physio\w*|midwife|an(?:a)?esthetist|therapist|pharmacist|registrar"
    r"|carer|next of kin|nok|author|signed|(?:seen|reviewed|referred) by|keyworker|social worker|team|under)\s*:\s*$",
    re.IGNORECASE,
)
_STATED_SEX = re.compile(r"\b(?:sex|gender)\b\s*[:=.]?\s*(?P<sex>male|female|m|f|w)\b", re.IGNORECASE)
_PRONOUN = (
    ("F", re.compile(r"\b(?:she|herself)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:he|himself)\b", re.IGNORECASE)),
)
_THIS = re.compile(
    r"\b(?:this|elderly|young|the|a|pleasant|frail|retired|the patient is an?)\s+(?:\w+\s+)?(?P<noun>woman|female|girl|lady"
    r"|man|male|boy|gentleman)\b",
    re.IGNORECASE,
)
_LETTER = {"m": "M", "f": "F", "w": "F"}
_PER_YEAR = {"month": 12.0, "mo": 12.0, "mth": 12.0, "week": 52.18, "day": 365.25}
_OLDEST = 125


@dataclass(frozen=True)
class _Stated:
    start: int
    end: int
    years: float
    unit: str
    digits: str
    sex: str = ""
    problem: str = ""


def find_person(text: str) -> Iterator[ExtractedItem]:
    """Yield statements of age (years) and sex, without context; what only looks like one is not among them."""
    ages = sorted(_ages(text), key=lambda a: a.start)
    for age in ages:
        problems = (
            (age.problem,)
            if age.problem
            else ()
            if age.years <= _OLDEST
            else (f"outside the plausible range of 0 to {_OLDEST} years",)
        )
        yield ExtractedItem(
            "person", "age_years", "Age", age.start, age.end, text[age.start : age.end], age.digits, age.unit, age.years, "years",
            problems=problems,
        )  # fmt: skip
    yield from _sexes(text, [age for age in ages if not age.problem])


def _ages(text: str) -> Iterator[_Stated]:
    for match in _STRONG.finditer(text):
        digits = match["age"] or match["named"]
        line = max(text.rfind("\n", 0, match.start()), match.start() - 40) + 1
        before = text[line : match.start()]
        aged = match["named"] is not None and match.group()[:4].lower() == "aged"
        problem = (
            NOT_NOW
            if _NOT_NOW.search(before)
            or (aged and not (_introduced(text, match.start()) and _AGED_ENDS.match(text, match.end())))
            else ""
        )
        if not problem and match.start() > _HEAD and _BRACKET.search(before) and not _NAME_BRACKET.search(before):
            problem = NOT_NOW
        if problem and match["years"]:
            continue  # "for 14 years" is a span of time
        unit = (match["unit"] or match["nunit"] or "years").lower()
        per = next((per for word, per in _PER_YEAR.items() if unit.startswith(word)), 1.0)
        letter = (match["letter"] or match["slash"] or "").strip().lower()
        yield _Stated(
            match.start(),
            match.end(),
            float(digits) / per,
            match["unit"] or "",
            digits,
            _LETTER.get(letter, ""),
            problem,
        )
    for match in re.finditer(
        r"\b(?:lady|gentleman|man|woman|girl|boy) of (?P<age>\d{1,3})\b(?! (?:units?|mg|cigs?))", text, re.IGNORECASE
    ):
        yield _Stated(match.start("age"), match.end(), float(match["age"]), "", match["age"])
    for match in _LETTERS.finditer(text):
        digits, sex = match["age"] or match["age2"], (match["sex"] or match["sex2"]).lower()
        if match["gap"] and match["sex"] == "m":
            continue  # metres or months
        if float(digits) > _OLDEST or not _introduced(
            text, match.start(), bool(match["gap"] or match["age2"]), match.end()
        ):
            continue
        if re.match(
            r"\s*(?:history|hx|old|catheter|foley|french|unaided|with (?:a )?(?:frame|stick)|ago|stent|drain)",
            text[match.end() :],
            re.IGNORECASE,
        ):
            continue
        start, end = match.span()
        yield _Stated(start, end, float(digits), "", digits, _LETTER[sex])
    title = re.compile(
        r"\b(?:Mrs|Mr|Ms|Miss|mister)\.? [A-Z]?[\w'’-]+(?: [A-Z][\w'’-]*\.?)?,? (?:\(|aged? )?(?P<age>\d{1,3})(?=[,.)]| years)"
    )
    for match in title.finditer(text):
        if any(m.start() <= match.start("age") < m.end() for m in _STRONG.finditer(text)):
            continue
        yield _Stated(match.start("age"), match.end("age"), float(match["age"]), "", match["age"])


def _introduced(text: str, start: int, spaced: bool = False, end: int = 0) -> bool:
    """Return whether a note introduces its patient at a place: at the head of a line near its top, after "Pt", after a name."""
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    if re.search(
        r"\b(?:t|temp\w*|fever|febrile|tmax|walk\w*|catheter|foley|drain|tube|flat|review|for|past|last|in|of"
        r"|over)\s*[:=]?\s*(?:of |to )?$|\b(?:ward|bed|bay|room|unit|clinic)\s*$",
        before,
        re.IGNORECASE,
    ):
        return False
    if _INTRODUCED.search(before) or _NAME_BRACKET.search(text[max(0, start - 45) : start]):
        return start < 3 * _HEAD
    if before.endswith("(") and start < _HEAD and re.search(r"\b(?:pt|patient|name|re|dob)\b", before, re.IGNORECASE):
        return True
    top = not text[:start].strip() or start < _HEAD
    head = (
        not before.strip(" \t-*>#.:")
        or re.search(r"(?:\w{3}[.;:] |\d\d:?\d\d  ?|\s{2,})$", before) is not None
        or re.fullmatch(r"(?:[A-Za-z]{1,5}[:.]|\d[.)])\s*", before) is not None
    )
    if top and head:
        # "99 F" alone on a line may be a temperature; a number with a blank needs the end of its statement.
        return (
            not spaced
            or re.match(
                r"\s*(?:[,;:(-]|\s{2,}\S|[.\n)]\s*\S|w/|with|c/o|brought|pmh|hx|known|adm|\()",
                text[end:],
                re.IGNORECASE,
            )
            is not None
        )
    return False


def _sexes(text: str, ages: list[_Stated]) -> Iterator[ExtractedItem]:
    found: dict[int, ExtractedItem] = {}

    def add(start: int, end: int, sex: str) -> None:
        found.setdefault(
            start, ExtractedItem("person", "sex", "Sex", start, end, text[start:end], text[start:end], "", sex)
        )

    for age in ages:
        if age.sex:
            add(age.start, age.end, age.sex)
            continue
        stop = re.compile(
            r"[;\n]|\.\s|\b(?:with|brought|accompanied|whose|w/|mother|father|wife|husband|daughter|son|by)\b",
            re.IGNORECASE,
        )
        behind = stop.search(text, age.end)
        end = min(behind.start() if behind else len(text), age.end + 40)
        before = (
            max(age.start - 40, *(m.end() for m in re.finditer(r"[.;\n]", text[: age.start])), 0) if age.start else 0
        )
        near = [(m, sex) for sex, noun in _NOUNS for m in noun.finditer(text, before, end)]
        near += [
            (m, _LETTER[m[1].lower()]) for m in re.finditer(r"(?<=[ ,])([MF])(?=[\s,.;)]|$)", text[age.end : end])
        ][:0]
        single = re.match(r"[\s,]{1,2}([MFmf])(?=[\s,.;)]|$)", text[age.end : end])
        if single:
            add(age.end + single.start(1), age.end + single.end(1), _LETTER[single[1].lower()])
        elif near:
            match, sex = min(near, key=lambda pair: abs(pair[0].start() - age.end))
            add(match.start(), match.end(), sex)
        elif dictated := re.match(r"\s+old\s+mail\b|\s+mail\b", text[age.end : end]):
            add(age.end, age.end + dictated.end(), "M")
    for match in _STATED_SEX.finditer(text):
        add(match.start(), match.end(), _LETTER[match["sex"][0].lower()])
    for match in _TITLE.finditer(text):
        sentence = text[max(0, match.start() - 30) : match.start()]
        aged = any(0 <= age.start - match.end() < 40 for age in ages)
        if (
            (aged or _INTRODUCES_TITLE.search(sentence))
            and not _OF_STAFF.match(text, match.end())
            and not _ROLE.search(sentence)
            and "dear" not in sentence.lower()[-8:]
        ):
            add(match.start(), match.end(), "F" if match["F"] else "M")
    for match in _THIS.finditer(text):
        if match.start() < 3 * _HEAD:
            add(match.start("noun"), match.end(), next(s for s, noun in _NOUNS if noun.fullmatch(match["noun"])))
    for sex, noun in _NOUNS:
        for match in noun.finditer(text):
            add(match.start(), match.end(), sex)
    yield from found.values()
    if not found:
        # Only pronouns, and only of one kind: else they may be a relative's.
        searched = ((sex, pattern.search(text)) for sex, pattern in _PRONOUN)
        pronouns = [(sex, pronoun) for sex, pronoun in searched if pronoun is not None]
        if len(pronouns) == 1:
            sex, pronoun = pronouns[0]
            yield ExtractedItem(
                "person", "sex", "Sex", pronoun.start(), pronoun.end(), pronoun.group(), pronoun.group(), "", sex
            )
