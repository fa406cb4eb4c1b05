"""The verdict over a run of the phantom series: inside the band of the release, unchanged since, and what to do if not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model_zoo.quality.release import QualityRelease, inside
from model_zoo.quality.result import QualityResult

INSIDE, OUTSIDE, OTHER_WEIGHTS, NOT_COMPARABLE, NO_RELEASE = (
    "inside", "outside", "other weights", "not comparable", "no release",
)  # fmt: skip
_SHORT = 8  # digits of a hash that a reader can compare by eye
RECORD_COMMAND = "python -m model_zoo quality --record"


@dataclass(frozen=True)
class QualityVerdict:
    """What a physicist reads.

    status: "inside" or "outside" the release; "other weights" (inside the band, constancy not judged); "not comparable"
    (another series or model); "no release". largest_change_logit: of any film since release, ``None`` where the weights
    or the series differ; largest_change_film names it. reasons: what speaks against the installation. differences: what
    is not as at release, whether it matters or not. next_step: empty when there is nothing to do.
    """

    status: str
    sentence: str
    reasons: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    next_step: str = ""
    largest_change_logit: float | None = None
    largest_change_film: str | None = None

    @property
    def passed(self) -> bool:
        return self.status == INSIDE


def compare(result: QualityResult, release: QualityRelease | None) -> QualityVerdict:
    """Hold a run against the record of the release: first the band of each curve, then film by film."""
    if release is None:
        return QualityVerdict(
            NO_RELEASE,
            "No release is recorded for this model, so there is nothing to compare with.",
            next_step=f"Record this run as the release: {RECORD_COMMAND}",
        )
    then = release.result
    differences = tuple(_differences(result, then))
    if (result.model, result.target, result.series.sha256) != (then.model, then.target, then.series.sha256):
        return QualityVerdict(
            NOT_COMPARABLE,
            "The phantom series or the model is not the one of the release: the runs cannot be compared.",
            differences=differences,
            next_step=f"Install the series of the release, or record a new release: {RECORD_COMMAND}",
        )
    reasons = list(_outside_the_band(result, release))
    if result.weights_sha256 != then.weights_sha256:
        return _other_weights(result, release, tuple(reasons), differences)
    film, change = largest_change(result, then)
    if change > release.tolerance_logit:
        reasons.insert(
            0,
            f"The logit of film {film} moved by {change:.3f} since release; the tolerance is {release.tolerance_logit:g}",
        )
    if reasons:
        return QualityVerdict(
            OUTSIDE,
            "Outside the release limits: same weights, different numbers.",
            tuple(reasons),
            differences,
            "Do not read with this installation until the cause is found. "
            + ("Start with what differs from release. " if differences else "")
            + "Then check the models (python -m model_zoo verify) and run the series again.",
            change,
            film,
        )
    return QualityVerdict(
        INSIDE,
        f"Inside the acceptance band, and constant: the largest change of a logit since release is {change_words(change)} "
        f"(tolerance {release.tolerance_logit:g}).",
        differences=differences,
        largest_change_logit=change,
        largest_change_film=film,
    )


def largest_change(result: QualityResult, release: QualityResult) -> tuple[str, float]:
    """Return the film whose logit differs most between two runs of one series, and by how much."""
    then = {film.name: film.logit for film in release.films}
    changes = {film.name: abs(film.logit - then[film.name]) for film in result.films}
    film = max(changes, key=lambda name: changes[name])
    return film, changes[film]


def change_words(change: float | None) -> str:
    """Return the largest change of a logit as text; what floating point leaves over is no change to a reader."""
    if change is None:
        return "not judged"
    return "under 0.0001" if change < 1e-4 else f"{change:.4f}"


def _other_weights(
    result: QualityResult, release: QualityRelease, reasons: tuple[str, ...], differences: tuple[str, ...]
) -> QualityVerdict:
    where = "outside" if reasons else "inside"
    return QualityVerdict(
        OUTSIDE if reasons else OTHER_WEIGHTS,
        f"The installed weights are not the released ones ({result.weights_sha256[:_SHORT]} instead of "
        f"{release.result.weights_sha256[:_SHORT]}). The run is {where} the acceptance band; constancy cannot be judged.",
        reasons,
        differences,
        f"If the weights were changed on purpose, evaluate them and record a release: {RECORD_COMMAND}. "
        "If not, restore the released weights and do not read until then.",
    )


def _outside_the_band(result: QualityResult, release: QualityRelease) -> Iterator[str]:
    """Yield one sentence per curve that leaves its band."""
    for size in dict.fromkeys(level.size for level in result.levels):
        for kind, name in (("detection", "Detection"), ("localisation", "Localisation")):
            places = []
            for level in result.levels:
                band = release.band(level.size, level.contrast)
                if level.size != size or band is None:
                    continue
                value, accepted = getattr(level, kind), getattr(band, kind)
                if not inside(value, accepted):
                    places.append(f"{_percent(value)} at contrast {level.contrast:.2f} (accepted {_range(accepted)})")
            if places:
                yield f"{name} of {size} opacities is outside its band: {', '.join(places)}"
    rate = result.false_positive_rate
    if rate is not None and release.false_positives is not None and not inside(rate, release.false_positives):
        yield f"{_percent(rate)} of the clear phantoms are flagged (accepted {_range(release.false_positives)})"


def _differences(result: QualityResult, then: QualityResult) -> Iterator[str]:
    """Yield what of the installation is not as at release, each as "what: then, now"."""
    pairs = [
        ("weights", then.weights_sha256[:_SHORT], result.weights_sha256[:_SHORT]),
        ("weights of the lung segmenter", (then.segmenter_sha256 or "none")[:_SHORT], (result.segmenter_sha256 or "none")[:_SHORT]),
        ("operating threshold", f"{then.threshold_logit:.4f}", f"{result.threshold_logit:.4f}"),
        ("series", f"{then.series.name} {then.series.version}", f"{result.series.name} {result.series.version}"),
        ("device", then.device, result.device),
    ]  # fmt: skip
    names = sorted({*then.versions, *result.versions})
    pairs += [(name, then.versions.get(name, "none"), result.versions.get(name, "none")) for name in names]
    for what, before, now in pairs:
        if before != now:
            yield f"{what}: {before} at release, {now} now"
    if result.series.sha256 == then.series.sha256 and result.series.pixels_sha256 != then.series.pixels_sha256:
        yield "films: same specification, but not the same pixels as at release"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _range(band: tuple[float, float]) -> str:
    return f"{100 * band[0]:.0f} to {100 * band[1]:.0f} %"
