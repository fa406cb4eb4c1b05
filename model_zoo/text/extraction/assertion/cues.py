"""The words that decide what a statement means: whose it is, of which specimen, how certain, when, and whether it is denied.

After ConText (Harkema et al. 2009, J Biomed Inform 42:839-851) in kinds and directions; the word lists were written anew.
"""

from __future__ import annotations

import re

_F = re.IGNORECASE
_FEMALE = r"mother|mum(?:my)?|mom|mam|sister|sis|daughter|aunt|wife|grand(?:mother|ma)|gran(?:ny)?|nan|niece|girlfriend"
_MALE = r"father|dad(?:dy)?|brother|bro|son|uncle|husband|hubby|grand(?:father|dad|pa)|grandad|nephew|boyfriend"
_NEUTRAL = (
    r"siblings?|[mp]g[mf]|cousin|grandparents?|parents?|partner|spouse|fianc[eé]e?|relatives?|twin|child(?:ren)? at home"
    r"|carer|caregiver|"
    r"(?:flat|room|house|bay|ward)[- ]?mate|"
    r"neighbou?r|friend|colleague|bystander|donor|fo?et(?:us|al)|baby|newborn|neonate of|"
    r"infant of|family (?:history|hx)|fam hx|fhx?|runs in (?:the|his|her) family|next of kin|nok|hcp"
)
# Somebody beside the patient: other people in the ward, people of a trade.
_BESIDE = (
    r"(?:another|other|wrong|different|previous) (?:pt|patient|person)|(?:lady|man|woman|gentleman|patient|pt|girl|boy|chap"
    r"|bloke)s? "
    r"(?:in (?:the )?(?:next|other|bed|bay|side)|opposite|next door|across)|(?:in |the )?next (?:bay|bed|cubicle|room"
    r"|door|chair|station|trolley|stretcher|seat)|"
    r"(?:pt|patient) \d{1,3} ?[mf] ahead|off[- ]duty \w+|y/?o at home|(?:bed|bay) \w+(?= \((?:lady|man|woman|gent|pt|patient))|"
    r"belong(?:s|ed|ing) to (?:another|a different|the wrong)"
)
RELATIVE = re.compile(
    rf"(?<!per )(?<!dear )(?<![\w-])(?:(?:half|step|in)[- ]?)?(?:(?P<female>{_FEMALE})|(?P<male>{_MALE})"
    rf"|(?P<neutral>{_NEUTRAL})|(?P<beside>{_BESIDE}))"
    r"(?:[- ]in[- ]law)?(?:['’]?s)?(?![\w-])",
    _F,
)
# What says that a whole sentence is about somebody else.
DISOWNED = re.compile(
    r"\b(?:not (?:this|our|the|my) (?:pt|patient|lady|man|gentleman|gent|woman|one)\b|not (?:his|hers|theirs)\b"
    r"|belong(?:s|ed|ing)? to "
    r"(?:bed|bay|room|another|someone|somebody|a different|the (?:wrong|next|other|man|lady|woman|patient in"
    r"|pt in)|pt|mrs?\b|ms\b)|"
    r"(?:wrong|another|different) (?:pt|patient|folder|chart|notes|person)(?:['’]s)?\b|misfiled|filed in error|wrongly filed)",
    _F,
)
# A relative who speaks, comes along or is lived with is not the one who is ill; what stands in brackets behind is theirs.
SPEAKS = re.compile(
    r"(?:\s*\([^()]*\))?,?\s+(?:also |who )?(?:reports?|reported|says?|said|states?|stated|notice[sd]?|notes|noted|denies"
    r"|denied|called|rang|"
    r"phoned|found|describe[sd]|worrie[sd]|clear|confirm(?:s|ed)?|thinks|tells|told|adamant|concerned|brought|brings|gave|present|"
    r"came|cares|visit\w*|bring\w*|ringing|to bring)\b",
    _F,
)
COMPANION = re.compile(
    r"\b(?:with|w/?|by|accompanied by|from|per|informant:?|via|lives w/?|lives with)\s*(?:(?:the|his|her|their|a|an|elderly|older|"
    r"younger)\s+)*$",
    _F,
)
BACKWARDS_PERSON = re.compile(r"(?:\b(?:in|of|affects?|runs in)|=)\s+(?:(?:the|his|her|their|a|an|my|one)\s+)*$", _F)
RETURN = {
    "female": re.compile(r"[,;]\s*(?:but |and |while )?(?:he|the patient|patient|pt)\b|\b(?:the patient|pt"
                         r"|he himself)\b(?! in | opp)", _F),
    "male": re.compile(r"[,;]\s*(?:but |and |while )?(?:she|the patient|patient|pt)\b|\b(?:the patient|pt"
                       r"|she herself)\b(?! in | opp)", _F),
    "neutral": re.compile(r"[,;]\s*(?:but |and |while )?(?:the patient|patient|pt)\b", _F),
    "beside": re.compile(r"(?!)"),
}  # fmt: skip
_SPECIMEN_WORDS = (
    r"urin(?:e|ary)|urinalysis|u/a|(?-i:UA)|(?-i:[uU](?=Na\b|K\b|Cr\b|Osm))|dip(?:stick)?|msu|csu|catheter specimen|csf"
    r"|cerebrospinal(?: fluid)?|"
    r"lumbar puncture|(?-i:LP)|pleural|ascit(?:ic|es fluid)|peritoneal|paracentesis|para(?= \d)|diagnostic tap|(?:pleural "
    r"|ascitic )?tap|effusion|"
    r"(?:chest |wound |surgical |abdominal |t-tube )?drain(?:age)?(?: fluid)?|joint fluid|synovial|(?:knee"
    r"|joint) aspirate|(?:ng |joint |knee |pleural |ascitic )?asp(?=[ :])"
    r"|aspirate|bile|biliary fluid|"
    r"sputum|stool|faec(?:es|al)|fecal|sweat|saliva|gastric|ng (?:aspirate|lavage)|lavage|(?-i:BAL)|bronch(?:ial|oalveolar)"
    r"|breath condensate|condensate|"
    r"dialys(?:ate|is fluid)|bath|(?-i:PD) fluid|effluent|fluid(?=\s*:| (?:albumin|protein|ldh|glucose|ph|wcc|wbc|white|cell"
    r"|neut|lymph|creat|bili|k|na|sodium|potassium)\b)|amniotic|cord(?: blood)?|bone marrow|marrow|wound swab|pericardial"
    r"|cyst fluid|"
    r"pus|ventricular fluid|evd|semen|tears|vitreous|hair|milk|vomit(?:us)?"
)
# A gas from a vein has no arterial pH; its other values are blood's.
VENOUS = re.compile(
    r"(?<!\w)(?:vbg|ven(?= |\.|:)|v[. ]?gas|venous(?! (?:plasma|blood glucose|glucose|hypertension|lactate))"
    r"|cap(?:illary)?[/ ](?:venous )?(?:blood )?gas|capillary|cbg|cvc|"
    r"mixed venous|central (?:line|venous)|peripheral gas|(?:scalp|cord))(?!\w)",
    _F,
)
SPECIMEN = re.compile(rf"(?<![\w-])(?:{_SPECIMEN_WORDS})(?!\w)|(?-i:(?<!\w)[uU](?=(?:Na|K|Cr|Glu|Prot)\b))", _F)
# Behind these, in the same sentence, the values are blood's again.
BLOOD = re.compile(
    r"(?<![\w-])(?:serum|plasma|bloods?(?! cultures?| in | pressure| ?\d?\+| (?:neg|pos|nil|trace|small|moderate"
    r"|large)|:? ?[-–](?!\w))|venous plasma|abg|arterial|cbc|fbc|u&es?|u\+e"
    r"|bmp|lfts?|cmp)(?!\w)",
    _F,
)
UNCERTAIN_BEFORE = re.compile(
    r"\?+ ?(?=\w|$)|(?<![\w-])(?:quer(?:y|ies|ied)|possib(?:le|ly|ility of)|probabl[ey]|prob|likely|presum(?:ed|ably|ptive)"
    r"|suspect(?:ed|s|ing)?|"
    r"suspicio(?:n|us)(?: of| for)?|concern(?:s|ed|ing)?(?: for| about| of)?|worr(?:y|ied|ies|ying)(?: about| of)?|fear(?:s"
    r"|ed|ful)?(?: of)?|"
    r"may(?: be| have)?|might(?: be| have)?|could(?: be| have)?|would|whether|unclear|unsure|questionable|equivocal"
    r"|borderline|impending|doubt(?:s|ful|ed)?|"
    r"(?:at |high |low |increased |the |familial )?risks?(?: factors?)?(?: of| for)?|(?:pre)?dispos\w+ to|prone to"
    r"|susceptib\w+ to|r/o|rule[sd]?[- ]out|ruling out|"
    r"(?:to|must|can(?:no|')t|cannot) exclude|excluding|exclusion of|differential\w*|ddx?|(?-i:DD)|vs\.?|versus|v"
    r"|consider(?:ed|ing)?|evaluat\w+ for|assess\w* for|"
    r"work[- ]?up(?: for)?|screen(?:s|ed|ing)?(?: for)?|check(?:ed|ing)? for|test(?:s|ed|ing)?(?! (?:neg|pos|-ve"
    r"|\+ve))(?: for)?|investigat\w+ for|look(?:s|ed|ing)? (?:for|like)|an eye out for|"
    r"watch(?:ing)?(?: out)?(?: for| four)?|monitor(?:ing)? for|surveillance(?: for)?|in case of|prevent\w*(?: of)?"
    r"|prophyla\w+(?: for)?|vaccin\w+|"
    r"develop(?:ing|s)?|brewing|threatened|resembl\w+|mimic\w*|suggest\w*(?: of)?|points? to|indicative of|consistent with"
    r"|compatible with|c/w|favou?rs?|yet to|ask(?:s|ed|ing)? (?:about|whether)|[ei]nquir\w+|talk(?:s|ed|ing)? about"
    r"|read about|can|side[- ]effects?|wonder(?:s|ed|ing)?|"
    r"treat(?:ed)? as|labelled as|label of|told (?:i|he|she) (?:was|had)|thinks?|believes?|expect\w*|pending|awaiting|await"
    r"|rather than|instead of|not sure if|"
    r"if|unless|should (?:he|she|there)|until|once|when (?:he|she|it)|leaflet (?:on|about)|advice (?:on|about)|trial (?:of"
    r"|for)|referr\w+ (?:to|for)|"
    r"counsell?ed (?:on|about)|discussed|education)(?![\w-])",
    _F,
)
UNCERTAIN_BEHIND = re.compile(
    r"[ \t]*(?:\?(?!\w)|(?:\w+ ){0,2}?(?:(?:is|was|are|were|felt|thought|seems?|considered|remains?|deemed|still|very|highly"
    r"|less|more|quite|rather|most) )*"
    r"(?:improbable|implausible|unproven|unlikely|likely|possible|possibly|probable|suspected|considered|questionable"
    r"|uncertain|unclear|unconfirmed"
    r"|not (?:certain|sure|clear|confirmed|excluded|"
    r"yet (?:excluded|confirmed)|ruled out)|(?:can['’]?t|cannot|can ?not|could not|couldn['’]?t)(?: yet)? be (?:excluded"
    r"|ruled out)|to be (?:excluded|ruled out|confirmed)|"
    r"tbc|looked for|queried|pending|awaited|not convinced|doubtful|(?:is |was )?an? (?:possibility|concern|consideration)"
    r"|to consider)\b|[ \t]*[-–:][ \t]*(?:not convinced|doubt\w*|unlikely|possible|tbc|less likely|\?)|-? ?(?:screen(?:ing"
    r"|ed)?|risk|clinic|nurse|team|prevention|prophylaxis|education|leaflet|protocol|pathway|bundle|"
    r"six|6|test(?:s|ing|ed)?|alert|call|surveillance|markers?|antigen|service|specialist|referral|review due|advice|check"
    r"|workup|work-up|"
    r"cessation|counsell?ing|f[o0]bia|phobia|remission|free\b|in remission)\b)",
    _F,
)
# What makes a word of a disease a word about something else.
OTHER_BEFORE = {
    "diabetes": r"gestational|gest\.?|preg\.?|pregnancy|insipidus|pre|pre-?|borderline|steroid-?induced\?|bronze"
    r"|phosphate|renal glycosuric"
                r"|cranial|nephrogenic|central|neurogenic|potential",
    "hypertension": (
        r"pulm(?:onary|\.)?(?:[- ](?:arterial|artery|venous|vein|vascular))?|portopulmonary|p(?=htn)|portal|porto"
        r"|intra-?cranial|cranial|ocular|intra-?ocular|eye|venous|"
        r"intra-?abdominal|abdominal|white[- ]?coat|gestational|pregnancy(?:[- ](?:induced|related))?|pregnancy|compartment"
        r"|benign intracranial|supine|"
        r"glomerular|renovascular\?|lower oesophageal|orthostatic|reflex|masked|labile|persistent pulmonary"
    ),
    "dementia": r"pseudo|depressive pseudo",
    "anaemia": r"pseudo|spurious|dilutional|fo?etal|neonatal",
    "cancer": r"benign|non|pre|in situ|skin tag|fear of",
    "smoking": r"passive|second[- ]?hand|vape|e-?cig(?:arette)?s?|cannabis|marijuana|weed|involuntary",
    "diagnosis": r"uro|neonatal|anti|chole|asthma|septic arthritis",
    "exercise_angina": r"ludwig'?s|vincent'?s|abdominal",
    "chest_pain": r"ludwig'?s|vincent'?s|abdominal",
}  # fmt: skip
OTHER_BEHIND = {
    "diabetes": r"\s+(?:insipidus|(?:(?:in|of|during|with|that|last|her|the|a|only|first|second"
    r"|previous) ){1,4}preg)|\s*\(gestational\)|\s+(?:rash|ed|tablet)",
    "hypertension": (
        r"\s*(?:of (?:both|the) (?:legs?|lungs?|portal)|in pregnancy|of pregnancy|both legs|of the (?:pulmonary|portal)"
        r"|,?\s*(?:pulmonary|portal|ocular|intracranial)\b|"
        r"\s*\((?:grade|rvsp|pulm|portal|ocular|intracranial)|(?:today|on arrival|at triage|to|at|now|in (?:the )?(?:ed"
        r"|resus|clinic)|overnight|\d{2,3}/))"
    ),
    "cancer": r"\s*(?:in situ|antigen|phobia|fobia|fear|embryonic|\d)",
    "smoking": r"\s*(?:inhalation|detector|alarm|cannabis|marijuana|weed|crack|cessation|salmon)",
    "anaemia": r"\s+of (?:prematurity|the newborn)",
    "dementia": r"\s+praecox",
    "diagnosis": r"\s+(?:arthritis|bursitis|emboli|screen|six|6|bundle)",
}  # fmt: skip
EARLIER = re.compile(
    r"(?<!\w)(?:as a (?:child|baby|kid|student|teenager|teen|neonate|newborn|youth|boy|girl|toddler|young)|in (?:childhood"
    r"|infancy|that pregnancy|the past|week \d)|"
    r"in (?:his|her) (?:teens|twenties|thirties|youth|childhood)|neonat\w+|childhood|(?:previous|last|first) pregnancy"
    r"|resolved|cured|no longer|years ago|in remission|"
    r"(?:remote|previous|prev|old|prior|past) (?:episode|history|hx|h/o)? ?of|previous(?:ly)?|prev|prior"
    r"|(?<![-\w] )(?<!-)(?<!year )(?<!years )(?<!yr )(?<!yrs )old|former(?:ly)?|used to|had been|until (?:19|20)\d\d"
    r"|after .{0,15}transplant\?)"
    r"(?!\w)",
    _F,
)
DENIED_LIST = re.compile(
    r"(?<![\w-])(?:den(?:ies|ied|y|ys|ying)|(?:neg(?:ative)?|-ve|unremarkable|clear|nil)(?: history)? for|negative:"
    r"|absence of|free (?:of|from)|neither|ruled out for|"
    r"no (?:known |past |previous |personal |relevant |prior |other )*(?:history|hx|h/o|evidence|signs?|symptoms?|diagnosis"
    r"|features?|suggestion|complaints?|record)"
    r"(?: or \w+)?(?: of| for)|not? complain(?:s|ing)? of|(?:do|does|did) ?(?:n['’o]?t|not) (?:have|feel|report|get|suffer"
    r"|complain of|describe|experience|notice|show|give)|(?:do|does|did) ?(?:n['’o]?t|not)(?=\s*$)|"
    r"(?:has|have|had|is|are|was|were) (?:not|never)(?: \w+ing| had| been| got| known| a| in| yet)*|(?:has|have|had|is|was"
    r"|are|were)n['’]?t(?: had| having| got| known| a)?|"
    r"not (?:a )?(?:previously )?known(?: to (?:be|have))?|never(?: (?:a|had|been|has had|picked up|touched|used))*|non-?"
    r"|(?:pertinent )?(?:negatives?|denies|denied|absent|nil|no)(?: of)?:|(?:has|have|had) not (?:touched|got)"
    r"|nothing (?:to suggest|in the way of|resembling|like)|no (?:trace|hint|whiff) of|lacks?|ø|Ø|\(-\)|\(−\)|\[-\])(?![a-z])",
    _F,
)
DENIED_SHORT = re.compile(
    r"(?<![\w-])(?:no(?: known| other| previous| past| further| personal| h/o)*|without|w/o|nor|not|nil)(?!\w)", _F
)
# What ends a denial within its sentence.
DENIAL_ENDS = re.compile(
    r"\b(?:but|however|although|though|except|apart from|aside from|besides|yet|still|presents?|complains? of|reports?|now"
    r"|because|which|who|since|due to|"
    r"has (?:a|had|been)|there (?:is|are)|and (?:has|have|is|was)|with|only|then|instead|on|takes|taking|for|admitted"
    r"|background|bg|when|after)\b|(?:[,;]\s*(?:and )?|\band )(?:known|history of|hx of|h/o|pmh)\b|:|\(|"
    r"\s[-–—]\s|\s{3,}|\.(?=\s)|[+]",
    _F,
)
_NO = (
    r"none known|none ever|none reported|no|n|none|nil|neg|negative|nope|-ve|\(-\)|\[-\]|absent|denied|denies|never|zero|ø"
    r"|false|excluded|0(?![.\d])|"
    r"ruled out|not present|not found|nad"
)
_YES = r"yes|y|pos|positive|\+ve|\(\+\)|\[\+\]|present|✓|✔"
_GAP = r"(?:\s*(?:\([^()\n]{1,20}\)|ever|y/n|status|history|hx|known|mellitus|\?))?"
ANSWER = re.compile(
    rf"{_GAP}(?:\s*(?:[:=?]|\.{{2,}}|\s\.|[-–—]|\[|\()\s*|\s+)(?:(?:is|are|was|were|has been)\s+)?(?:(?P<no>{_NO})|(?P<yes>{_YES}))"
    r"(?=\s*(?:[,;.)\]\n/|(]|$)|\s{2,}|\s+[-–+]|\s+(?:at|by|in|on|per|from|this|but|and|to date|known|lifelong)\b)",
    _F,
)
SIGN = re.compile(
    rf"{_GAP}\s*(?:\(\s*(?P<no1>[-−–])\s*\)|\(\s*(?P<yes1>\+)\s*\)|(?P<yes2>\++)(?![/\w-])|(?P<no2>[-−–])(?=\s*(?:[,;/.)\n]"
    rf"|$)|(?=[,;])))"
)
# A box of a form, ticked or empty. An empty one says neither no nor that anybody asked.
BOX = re.compile(r"[ \t]*(?:\[[ \t_]?(?P<tick>[xX✓✔])?[ \t_]?\]|\([ \t]?(?P<tick2>[xX✓✔])?[ \t]?\)|(?P<tick3>[☒☑])|☐)")
# "[x] no [ ] yes", "Y [ ] N [x]": of two answers the ticked one.
_EMPTY, _TICKED, _WORD = (
    r"(?:\[[ _]?\]|\([ _]?\)|[☐□○])",
    r"(?:\[ ?[xX✓✔] ?\]|\( ?[xX✓✔] ?\)|[☒☑■●])",
    r"(?:yes|no|y|n|unknown|unk|n/k)\b",
)
OPTIONS = re.compile(
    rf"[ \t]*[:.]?[ \t]*(?:(?:{_EMPTY}[ \t]*{_WORD}[ \t/]*)*{_TICKED}[ \t]*(?P<first>{_WORD})[ \t/]*(?={_EMPTY}|$|\n|[ \t])|"
    rf"(?:{_WORD}[ \t]*{_EMPTY}[ \t/]*)*(?P<second>{_WORD})[ \t]*{_TICKED})",
    _F,
)
UNANSWERED = re.compile(
    rf"[ \t]*[:.]?[ \t]*(?:\(?(?:(?:yes|y)[ \t]*[/| ][ \t]*(?:no|n)|(?:no|n)[ \t]*[/| ][ \t]*(?:yes"
    rf"|y))\b\)?(?![ \t]*[:=?()\[☐□☒☑■○●\w])|{_EMPTY}[ \t]*{_WORD}|{_WORD}[ \t]*{_EMPTY})",
    _F,
)
# "DM 0 HTN 0", "DM N HTN Y": one sign behind one blank.
TERSE = re.compile(
    r"[ \t]*[:=]?[ \t]*(?:(?P<no>0(?![\w.,/%]\S|\w|\.)|"
    r"(?<=[ \t:=])(?-i:N)\b(?![/\w]| or))|(?<=[ \t:=])(?P<yes>(?-i:Y)\b(?![/\w]| or)))(?=\s|$|[,;)/|])"
)
SIGN_BEFORE = re.compile(r"(?:\((?P<no>[-−–])\)|\((?P<yes>\+)\))\s*$|(?<![\w+-])(?:(?P<no2>[-−])|(?P<yes2>\+))$")
