"""The tiny model, loaded once for all tests of ``model_zoo``."""

from __future__ import annotations

import pytest

from model_zoo.engine import InferenceEngine
from tests.tiny_zoo import tiny_engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> InferenceEngine:
    return tiny_engine(tmp_path_factory.mktemp("weights"))
