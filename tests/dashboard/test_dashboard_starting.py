"""What is left out of the collection of garbage is still freed once nobody reaches it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from dashboard.starting import collect_garbage


class Held:
    """Reached by itself alone, as a case is that a drawing of the page and the page hold of each other."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def nothing_left_out() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_left_out")
def test_a_case_that_was_open_when_the_server_was_ready_is_freed_when_it_is_let_go() -> None:
    held = Held()
    seen = weakref.ref(held)
    collect_garbage()
    assert gc.get_freeze_count() > 0
    del held
    gc.collect()
    assert seen() is not None  # passed over: why the next line is needed
    collect_garbage()
    assert seen() is None
