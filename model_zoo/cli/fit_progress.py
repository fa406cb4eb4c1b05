"""What a person who waits for a training sees: one bar per fit, and TensorBoard logs where TensorBoard is installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from model_zoo.plain import visible

if TYPE_CHECKING:
    from model_zoo.training.folder_models.fit import EpochReport
    from model_zoo.training.folder_models.run import Watch

BAR = 24  # signs; with the figures beside it the line fits a terminal of 80


class FitProgress:
    """Draws on stderr: a moving line on a terminal, one line per epoch in a log file.

    TensorBoard is no requirement: where it is missing, that is said once, and the card keeps every epoch all the same.
    """

    def __init__(self) -> None:
        self._name = ""
        self._writer: Any = None
        self._moving = sys.stderr.isatty()

    def __enter__(self) -> FitProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._moving and self._name:
            sys.stderr.write("\n")
        if self._writer is not None:
            self._writer.close()

    def watch(self) -> Watch:
        """Return what the training calls."""
        from model_zoo.training.folder_models.run import Watch

        return Watch(self.on_picture, self.on_epoch, self.on_start)

    def on_picture(self, done: int, total: int) -> None:
        if self._moving or done == total:
            self._line(f"Reading pictures {_bar(done, total)} {done} of {total}", done == total)

    def on_start(self, name: str, place: Path) -> None:
        self._name = name
        logs = place / "tensorboard" / name.replace(" ", "-")
        if self._writer is not None:
            self._writer.close()
        self._writer = tensorboard_writer(logs)
        found = f"tensorboard --logdir {place / 'tensorboard'}"
        words = found if self._writer is not None else "none; for them: pip install tensorboard"
        sys.stderr.write(f"{visible(f'Training ({name}). TensorBoard logs: {words}')}\n")

    def on_epoch(self, report: EpochReport) -> None:
        mark = " best" if report.best else ""
        self._line(
            f"Epoch {report.epoch} of {report.epochs} {_bar(report.epoch, report.epochs)} loss {report.loss:.3f}, "
            f"validation {report.validation_loss:.3f}, right {100 * report.validation_accuracy:.0f} %, "
            f"{report.seconds:.1f} s{mark}",
            report.epoch == report.epochs,
        )
        if self._writer is not None:
            for name in ("loss", "validation_loss", "validation_accuracy", "rate"):
                self._writer.add_scalar(name, getattr(report, name), report.epoch)
            self._writer.flush()

    def _line(self, text: str, last: bool) -> None:
        sys.stderr.write(f"\r\033[K{text}{chr(10) if last else ''}" if self._moving else f"{text}\n")
        sys.stderr.flush()


def tensorboard_writer(place: Path) -> Any:
    """Return a writer of TensorBoard logs, or ``None`` where TensorBoard is not installed."""
    if importlib.util.find_spec("tensorboard") is None:
        return None
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(place))


def _bar(done: int, total: int) -> str:
    full = round(BAR * done / max(total, 1))
    return "[" + "#" * full + "." * (BAR - full) + "]"
