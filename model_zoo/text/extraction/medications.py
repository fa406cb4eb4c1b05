"""Medications by name, by the stem of an international non-proprietary name, or by class, with the dose where it stands beside.

The names were chosen by hand from what is often prescribed; a drug that is neither listed nor formed by a common stem is
missed. Source of the stems: WHO, The use of stems in the selection of international nonproprietary names, 2018.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from model_zoo.text.extraction.assertion.ended import ALLERGY, is_allergy
from model_zoo.text.extraction.items import ExtractedItem

_NAMES = (
    "paracetamol|acetaminophen|tylenol|ibuprofen|naproxen|diclofenac|metamizole?|novalgin|aspirin|asa|ass|clopidogrel|"
    "ticagrelor|prasugrel|heparin|warfarin|marcumar|phenprocoumon|metformin|insulin(?: (?:glargine|lispro|aspart))?|"
    "glipizide|gliclazide|"
    "glimepiride|empagliflozin|dapagliflozin|furosemide|lasix|torsemide|torasemide|bumetanide|hydrochlorothiazide|hctz|hct|"
    "chlorthalidone|spironolactone|eplerenone|digoxin|digitoxin|amiodarone|verapamil|diltiazem|nitroglycerin(?:e)?|gtn|hydralazine|"
    "doxazosin|prednisone|prednisolone|dexamethasone|hydrocortisone|methylprednisolone|budesonide|fluticasone|beclometasone|salbutamol|albuterol|"
    "ventolin|ipratropium|tiotropium|formoterol|salmeterol|montelukast|theophylline|levothyroxine|thyroxine|methimazole|carbimazole|"
    "allopurinol|colchicine|methotrexate|azathioprine|hydroxychloroquine|morphine|fentanyl|oxycodone|hydromorphone|tramadol|codeine|gabapentin|"
    "pregabalin|haloperidol|quetiapine|olanzapine|risperidone|sertraline|citalopram|escitalopram|fluoxetine|mirtazapine|amitriptyline|lithium|"
    "valproate|levetiracetam|carbamazepine|lamotrigine|phenytoin|donepezil|memantine|levodopa|vancomycin|gentamicin|"
    "amoxicillin(?:[/ -]clavulan"
    "(?:ate|ic acid))?|augmentin|co-amoxiclav|piperacillin(?:[/-]tazobactam)?|pip-?tazo|ampicillin(?:[/-]sulbactam)?|"
    "doxycycline|co-trimoxazole|"
    "nitrofurantoin|rifampicin|isoniazid|ethambutol|pyrazinamide|tamoxifen|anastrozole|letrozole|cisplatin|carboplatin|paclitaxel|docetaxel|"
    "doxorubicin|trastuzumab|iron|folic acid|vitamin d3?|vitamin b12|potassium chloride|calcium carbonate|norepinephrine|"
    "noradrenaline|"
    "epinephrine|adrenaline|dobutamine|propofol|midazolam|lorazepam|diazepam|zopiclone|ondansetron|metoclopramide|loperamide|lactulose|"
    "acetylcysteine|n-acetylcysteine|nac|carvedilol|labetalol|sacubitril|remdesivir|tocilizumab|oseltamivir|acyclovir|aciclovir"
)
_STEMS = (
    r"[a-z]{2,}(?:pril|sartan|olol|dipine|statin|prazole|cillin|floxacin|thromycin|cycline|parin|xaban|gatran|gliptin|gliflozin|glutide|"
    r"conazole|penem|azepam|triptan|setron|tidine|mycin|cef[a-z]+)|cef[a-z]{4,}"
)
_CLASSES = (
    r"beta[- ]?blockers?|ace[- ]inhibitors?|statins?|diuretics?|antibiotics?|steroids?|anticoagulants?|opioids?|nsaids?|"
    r"inhalers?|ppi"
)
_MEDICATION = re.compile(rf"(?<![\w-])(?:{_NAMES}|{_STEMS}|{_CLASSES})(?![\w])", re.IGNORECASE)
_DOSE = re.compile(
    r"\s*(?:xr|er|sr|retard|mr)?\s*(?P<dose>\d+(?:[.,]\d+)?(?:\s*/\s*\d+(?:[.,]\d+)?)?)\s*(?P<unit>mg|g|µg|μg|ug|mcg|iu|ie|units?|u|ml|"
    r"mmol|puffs?|drops|%)(?!\s*/\s*d?l)(?:\s*/\s*(?:h|d|day|kg))?\b(?:\s*(?P<when>(?:\d-\d-\d(?:-\d)?)|(?:(?:po|iv|sc|im|inh)\b\s*)?(?:od|bd|"
    r"bid|tid|tds|qid|qd|daily|once daily|twice daily|prn|at night|weekly|q\d+h)\b))?",
    re.IGNORECASE,
)
# A laboratory value and no drug where a concentration follows ("iron 12 µmol/L", "lithium 0.8 mmol/L", "digoxin 1.2 ng/mL").
_LEVEL = re.compile(
    r"\s*(?:level|is|was|of|:|=)*\s*[<>]?\s*\d+(?:[.,]\d+)?\s*[nmµμu]?(?:mol|g)\s*/\s*(?:l|ml|dl)\b", re.IGNORECASE
)


def find_medications(text: str) -> Iterator[ExtractedItem]:
    """Yield medication mentions without context or negation; the span is the name, and the dose where one follows."""
    for match in _MEDICATION.finditer(text):
        if _LEVEL.match(text, match.end()):
            continue
        dose = _DOSE.match(text, match.end())
        end = dose.end() if dose else match.end()
        given = " ".join(filter(None, (dose["dose"], dose["when"]))) if dose else ""
        name = match.group().lower()
        if dose is None and is_allergy(text, match.start(), match.end()):
            # Kind "other": whoever lists the medication of a note must not list this.
            title = f"Allergy: {name}"
            yield ExtractedItem("other", "allergy", title, match.start(), end, match.group(), problems=(ALLERGY,))
            continue
        yield ExtractedItem(
            "medication", name, name, match.start(), end, text[match.start() : end], given, dose["unit"] if dose else ""
        )
