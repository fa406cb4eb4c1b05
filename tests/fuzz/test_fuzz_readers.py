"""500 changed inputs of every format, the same each time; ``python -m tests.fuzz`` draws others and more of them."""

from __future__ import annotations

import pytest

from tests.fuzz.formats import FORMATS, Format
from tests.fuzz.running import run_format

COUNT, SEED = 500, 20261129


@pytest.mark.slow
@pytest.mark.parametrize("chosen", FORMATS, ids=[one.name for one in FORMATS])
def test_a_changed_input_is_read_or_refused_in_words(chosen: Format) -> None:
    outcome = run_format(chosen, COUNT, SEED)
    assert outcome.inputs >= COUNT
    # Changes that were all refused, or none, would test one half of a reader alone.
    assert outcome.read > COUNT / 50
    assert outcome.refused.total() > COUNT / 50
