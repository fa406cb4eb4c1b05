"""``read``: the whole reading of one case without a browser, through the same functions as the page."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.arguments import UsageError, add_decimal_argument, age_years, one_of, whole_number, word_list
from model_zoo.cli.read_other_parts import add_other_parts_arguments, with_assessment
from model_zoo.cli.terminal import print_json, step, warn
from model_zoo.errors import DataNotFound, ExplainerNotApplicable, UnknownName, ZooError

if TYPE_CHECKING:
    from model_zoo.case import CaseReview, ReadRequest
    from model_zoo.engine import InferenceEngine
    from model_zoo.patients.record import PatientRecord
    from model_zoo.scans.scan import Scan

HELP = "read one scan: findings, maps, and the patient's risks beside it"
DESCRIPTION = """\
Read one scan as the page does: findings with thresholds, what the network looked at, and the patient's risks.

  python -m model_zoo read film.dcm
  python -m model_zoo read film.png --age-years 63 --sex M --view PA --patient patient.json
  python -m model_zoo read --sample opacity --out reading/
  python -m model_zoo read film.png --age-years 12 --insist --population child
  python -m model_zoo read film.dcm --patient values.csv --patient-model heart-failure
  python -m model_zoo read film.dcm --patient values.csv --note note.txt --vitals stay.csv --hour 15
  python -m model_zoo read film.dcm --coverage 95 --prevalence lung_opacity=5

Age, sex and view come from the file where they are not stated here. A scan that the model's card does not cover is
read only with --insist, and then without probabilities.

Of a file with several frames one is read: the one that the reading of all of them weighs most, the middle one where the
model has no head for that, or the one that --frame names.
"""
MAX_FRAME = 2_000  # the decoder reads no more
COVERAGES = ("80", "90", "95")  # those that the prediction sets were fitted for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_argument_group("the case")
    source.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the scan: DICOM, PNG, JPEG, TIFF or WebP")
    source.add_argument("--sample", metavar="NAME", help="a synthetic sample case with its written patient, see: list")
    source.add_argument("--patient", metavar="FILE", type=Path, help="the patient's numbers, .json or .csv")
    add_decimal_argument(source)
    source.add_argument(
        "--age-years",
        metavar="A",
        type=age_years,
        help="age at the scan; it chooses the model, and is used where --patient has none",
    )
    source.add_argument("--sex", metavar="F|M", type=one_of("F", "M"))
    source.add_argument("--view", metavar="PA|AP", type=one_of("PA", "AP", "LATERAL"))
    source.add_argument(
        "--frame", metavar="N", type=whole_number(1, MAX_FRAME), help="of several, from 1 (default: see above)"
    )
    add_other_parts_arguments(parser)
    reading = parser.add_argument_group("the reading")
    reading.add_argument(
        "--model",
        metavar="NAME",
        help="image model, 'lungs' for outlines alone (default: that of the scan's protocol)",
    )
    reading.add_argument(
        "--patient-model", metavar="NAME", help="patient model beside the scan (default: the first of the protocol)"
    )
    reading.add_argument("--target", metavar="OUTPUT", help="output to explain (default: the strongest finding)")
    reading.add_argument("--methods", metavar="A,B", type=word_list, help='explanation methods; "" for none')
    reading.add_argument(
        "--set",
        metavar="METHOD.PARAMETER=VALUE",
        action="append",
        default=[],
        help="a parameter of a method, e.g. integrated-gradients.steps=100; may be repeated",
    )
    reading.add_argument(
        "--coverage",
        choices=COVERAGES,
        default="90",
        help="per cent of films whose set should hold the truth (default: 90)",
    )
    reading.add_argument(
        "--prevalence",
        metavar="OUTPUT=PERCENT",
        action="append",
        default=[],
        help="of 100 such patients where you work, how many have the finding; no default; may be repeated",
    )
    reading.add_argument("--no-checks", action="store_true", help="do not examine the maps (saves seconds)")
    reading.add_argument("--insist", action="store_true", help="read a scan outside the model's intended use")
    reading.add_argument("--population", metavar="NAME", help="with --insist: whose outputs to read, adult or child")
    reading.add_argument(
        "--same-patient", action="store_true", help="confirm that scan and record are of one person where they disagree"
    )
    answer = parser.add_argument_group("the answer")
    answer.add_argument("--json", action="store_true", help="answer in JSON (without the numbers of the maps)")
    answer.add_argument("--out", metavar="DIR", type=Path, help="write overlay pictures and case.json to a new folder")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.case import identity_conflicts

    engine, scan, review = review_of(arguments)
    review = with_assessment(arguments, engine, scan, review)
    conflicts = () if review.record is None else identity_conflicts(scan, review.stated, review.record)
    if arguments.out is not None:
        step("Writing the pictures")
        write_reading(arguments.out, scan, review)
    if arguments.json:
        print_json(read_answer(engine, review, conflicts))
    else:
        from model_zoo.cli.read_text import print_reading

        print_reading(engine.card, review, conflicts, confirmed=arguments.same_patient)
    return 0


def read_answer(engine: InferenceEngine, review: CaseReview, conflicts: tuple[str, ...]) -> dict[str, Any]:
    """Return the answer of ``read --json``: the case without the numbers of its maps, and what stands beside it."""
    from model_zoo.case import agreement_of, case_to_json, maps_on_lesions
    from model_zoo.case.concordance import assess_concordance
    from model_zoo.places import place_of

    agreement, concordance = agreement_of(review), assess_concordance(review)
    case = case_to_json(review, with_maps=False)
    places = [place_of(explained.attribution, review) for explained in review.maps]
    maps = [
        {**entry, "place": None if place is None else place.to_json()}
        for entry, place in zip(case["maps"], places, strict=True)
    ]
    return {
        **case,
        "maps": maps,
        "agreement": None if agreement is None else agreement.to_json(),
        "concordance": None if concordance is None else asdict(concordance),
        "maps_on_lesions": [compared.to_json() for compared in maps_on_lesions(review)],
        "identity_conflicts": list(conflicts),
        "not_assessed": list(engine.card.not_assessed),
    }


def review_of(arguments: argparse.Namespace) -> tuple[InferenceEngine, Scan, CaseReview]:
    """Read the case that the arguments name."""
    if (arguments.file is None) == (arguments.sample is None):
        raise UsageError(
            "Name one scan: a FILE, or a sample case with --sample.", "Run: python -m model_zoo read --help"
        )
    if arguments.population and not arguments.insist:
        raise UsageError(
            "--population goes with --insist: otherwise the stated age chooses.", "Add --insist, or state --age-years."
        )
    # Before the networks are loaded: a broken file or record should be answered at once.
    if arguments.patient_model is not None:
        from model_zoo.patients.risk_models import RISK_MODELS

        RISK_MODELS.get(arguments.patient_model)
    data, record = _inputs(arguments)
    from model_zoo.scans import decode_scan

    scan = decode_scan(data)
    from model_zoo.case import find_start_frame, read_case, with_regions
    from model_zoo.engine.outlines import open_engine

    step("Loading the networks")
    engine = open_engine(arguments.model) if arguments.model else _recognised(scan)
    request = _request(arguments)
    if request.target is not None:
        engine.card.output(request.target)
    if request.population is not None:
        engine.card.population(request.population)
    for output in request.prevalence:
        engine.card.output(output)
    opened = None
    if arguments.frame is None and scan.n_frames > 1:
        step(f"Looking at {scan.n_frames} frames for the one to open")
        opened = find_start_frame(engine, scan, request)
    if opened is not None:
        request = replace(request, frame=opened.frame)
    review = with_regions(engine, read_case(engine, scan, request, record, on_step=step), scan)
    if opened is not None:
        review = replace(review, remarks=(opened.sentence, *review.remarks))
    _check_choice(review, request)
    return engine, scan, review


def _recognised(scan: Scan) -> InferenceEngine:
    """Return the engine of the protocol that a scan belongs to, and say which. Raises ZooError where none knows it."""
    from functools import lru_cache

    from model_zoo.engine import InferenceEngine
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.protocols import PROTOCOLS, propose_protocol

    loaded = lru_cache(maxsize=None)(InferenceEngine)
    proposal = propose_protocol(scan, loaded, installed=CLASSIFIERS.names())
    step(proposal.sentence)
    if proposal.protocol is None:
        raise ZooError(
            "No installed model knows this kind of picture.",
            "Name the model with --model, for example --model chest-xray; it then says why it refuses.",
        )
    return loaded(PROTOCOLS.get(proposal.protocol).image_models[0])


def write_reading(folder: Path, scan: Scan, review: CaseReview) -> None:
    """Write ``case.json`` (with the maps) and one overlay per map to a folder that holds no case yet.

    Raises ZooError when it does, or cannot be written: pictures of two cases must not lie side by side.
    """
    from model_zoo.case import case_to_json
    from model_zoo.cli.overlay import draw_overlay
    from model_zoo.disk import make_private, open_to_others, trouble, write_whole

    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ZooError("The folder to write to is not empty.", "Name a new folder, so that no two cases mix.")
        make_private(folder)
        if open_to_others(folder):
            warn("Other accounts of this machine can look into that folder, where pictures of the patient now lie.")
        for explained in review.maps:
            attribution = explained.attribution
            title = review.prediction.finding(attribution.target).title
            verdict = None if explained.verdict is None else explained.verdict.verdict
            picture = draw_overlay(scan.presentation(review.scan.frame), attribution, title, verdict)
            picture.save(folder / f"{attribution.method}_{attribution.target}.png")
        text = json.dumps(case_to_json(review), indent=1, ensure_ascii=False)
        write_whole(folder / "case.json", f"{text}\n".encode())
    except OSError as error:
        raise ZooError(
            f"The reading cannot be written to that folder: {trouble(error)}.", "Check its name, rights and space."
        ) from error


def _inputs(arguments: argparse.Namespace) -> tuple[bytes, PatientRecord | None]:
    data: bytes
    record: PatientRecord | None = None
    if arguments.sample is not None:
        from model_zoo.phantoms.all_samples import any_case

        case = any_case(arguments.sample)
        data = case.scan_bytes()
        if arguments.patient is None and case.patient is not None:
            from model_zoo.case.patient_file import read_patient_file

            record = read_patient_file(json.dumps(case.patient).encode(), "patient.json")
    else:
        from model_zoo.scans.limits import DEFAULT_LIMITS

        data = _bytes_of(arguments.file, "scan", DEFAULT_LIMITS.max_bytes)
        DEFAULT_LIMITS.check_file(len(data))
    if arguments.patient is not None:
        from model_zoo.case.patient_file import MAX_BYTES, read_patient_file
        from model_zoo.patients.applicability import with_stated_age

        content = _bytes_of(arguments.patient, "patient record", MAX_BYTES)
        given = read_patient_file(content, arguments.patient.name, decimal=arguments.decimal)
        record = with_stated_age(given, arguments.age_years)
    return data, record


def _bytes_of(path: Path, what: str, at_most: int) -> bytes:
    """Return the bytes of a file, one more than ``at_most`` where it has more: enough for its reader to refuse it."""
    try:
        with path.open("rb") as stream:
            return stream.read(at_most + 1)
    except OSError as error:
        # Without the path: file names often carry the patient's name.
        raise DataNotFound(f"There is no readable {what} under that name.", "Check the path of the file.") from error


def _request(arguments: argparse.Namespace) -> ReadRequest:
    from model_zoo.case import ReadRequest
    from model_zoo.case.request import DEFAULT_METHODS
    from model_zoo.explainers import EXPLAINERS

    methods = DEFAULT_METHODS if arguments.methods is None else arguments.methods
    for method in methods:
        EXPLAINERS.get(method)
    return ReadRequest(
        age_years=arguments.age_years,
        sex=arguments.sex,
        view=arguments.view,
        frame=0 if arguments.frame is None else arguments.frame - 1,
        insist=arguments.insist,
        population=arguments.population,
        target=arguments.target,
        methods=methods,
        parameters=_parameters(arguments.set),
        checks=not arguments.no_checks,
        coverage=int(arguments.coverage) / 100,
        prevalence=_prevalence(arguments.prevalence),
        patient_model=arguments.patient_model,
    )


def _prevalence(stated: list[str]) -> dict[str, float]:
    """Convert "output=percent" to shares between 0 and 1."""
    from model_zoo.trust.predictive import check_prevalence

    found: dict[str, float] = {}
    for words in stated:
        output, equals, text = words.partition("=")
        try:
            share = float(text) / 100
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError("--prevalence expects OUTPUT=PERCENT.", "For example: lung_opacity=5")
        check_prevalence(share)
        found[output.strip()] = share
    return found


def _parameters(settings: list[str]) -> dict[str, dict[str, Any]]:
    """Convert "method.parameter=value" to values of the types that the methods declare."""
    from model_zoo.explainers import EXPLAINERS, Flag, Number

    found: dict[str, dict[str, Any]] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        method_name, dot, name = key.partition(".")
        if not (equals and dot):
            raise UsageError("--set expects METHOD.PARAMETER=VALUE.", "For example: integrated-gradients.steps=100")
        method = EXPLAINERS.get(method_name)
        spec = next((spec for spec in method.parameters if spec.name == name), None)
        if spec is None:
            raise UnknownName(f"parameter of {method.title}", name, (spec.name for spec in method.parameters))
        value: Any = text
        if isinstance(spec, Number):
            if not text.isdigit():
                raise ExplainerNotApplicable(
                    f"'{spec.title}' expects a whole number from {spec.low} to {spec.high}.",
                    "Choose one in that range.",
                )
            value = int(text)
        elif isinstance(spec, Flag):
            if text.lower() not in ("yes", "no", "true", "false", "1", "0"):
                raise ExplainerNotApplicable(f"'{spec.title}' expects yes or no.", "Write one of the two.")
            value = text.lower() in ("yes", "true", "1")
        found.setdefault(method_name, {})[name] = value
    return found


def _check_choice(review: CaseReview, request: ReadRequest) -> None:
    """Raise where the case was read otherwise than asked for."""
    population = review.prediction.population
    if request.population not in (None, population):
        raise UsageError(
            f"The age belongs to the population '{population}', and the age chooses.",
            "Leave out --population, or correct the age.",
        )
    outputs = [finding.output for finding in review.prediction.findings]
    if request.target is not None and request.target not in outputs:
        raise UnknownName(f"finding for the population '{population}'", request.target, outputs)
