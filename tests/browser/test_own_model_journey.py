"""Your own model in a real browser: trained with one command, seen, explained, compared with the next version, rolled back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.catalogue import text
from model_zoo.upkeep.history import account
from tests.browser.conftest import ROOT, OpenPage, StartApp, read_until
from tests.browser.reading_page import SLOW, choose, complete, go, keyed, open_sidebar, upload
from tests.drawn_pictures import drawn, write_classes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APP = ROOT / "dashboard" / "app.py"
QUICK = ("--side", "64", "--batch", "8", "--rate", "0.003", "--intensity", "0", "--dropout", "0")


def train(env: dict[str, str], data: Path, runs: Path, epochs: int) -> str:
    """Run the one command and return what it says."""
    command = [sys.executable, "-m", "model_zoo", "train", "discs", "--data", data, "--runs", runs, "--title", "Shapes"]
    done = subprocess.run(
        [*map(str, command), *QUICK, "--epochs", str(epochs)],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def switched(action: str, version: str) -> str:
    """What the page says once a version was switched, by the account that runs it."""
    return text("models.switched", name="discs", done=text(f"models.action.{action}", version=version), who=account())


def test_train_see_explain_compare_promote_roll_back(start_app: StartApp, open_page: OpenPage, tmp_path: Path) -> None:
    env = {
        "DIAPHANE_MODELS": str(tmp_path / "models"),
        "DIAPHANE_CASES": str(tmp_path / "cases"),
    }
    data = write_classes(tmp_path / "pictures", 64)
    assert "It is in use" in train(env, data, tmp_path / "runs", 10)

    address = start_app(APP, env=env, args=("--server.headless", "true"))
    watched = open_page(address, width=1720, height=1080)
    page = watched.page
    # It is there beside the zoo's own; the chest model stays the default.
    choice = keyed(page, "reading-model").get_by_role("combobox")
    expect(choice).to_have_value(re.compile("Chest X-ray"), timeout=SLOW)
    choose(page, choice, re.compile("Shapes"))
    expect(choice).to_have_value(re.compile("Shapes"), timeout=SLOW)
    drawn("disc", 1000).save(tmp_path / "new.png")
    watched.ready()  # the uploader is another one for another model
    upload(page, "scan-upload-", "new.png", "image/png", (tmp_path / "new.png").read_bytes())
    # Read and explained; nobody asks for an age or a view that the card does not restrict.
    complete(page)
    card = keyed(page, "card-finding")
    expect(card).to_contain_text(re.compile(r"0\.\d\d"))
    options = page.get_by_label("Map", exact=True).locator("option")
    expect(options).to_have_text(["Grad-CAM", "Integrated Gradients"], timeout=SLOW)
    expect(page.locator("[class*='st-key-age-']")).to_have_count(0)
    first = card.inner_text()

    # The next version waits beside the first.
    assert "Version 1 stays in use" in train(env, data, tmp_path / "runs", 16)
    go(page, "models")
    own = page.locator(".st-key-model-discs")
    expect(own.get_by_text(re.compile("Version 2: AUC"))).to_be_visible(timeout=SLOW)
    own.get_by_role("button", name=text("models.switch.compare")).click()
    expect(own.get_by_text(re.compile(r"AUC of version 1 [01]\.\d+, of version 2 [01]\.\d+"))).to_be_visible(
        timeout=SLOW
    )
    own.get_by_role("textbox", name=text("models.switch.reason")).fill("better on the held-out pictures")
    own.get_by_role("textbox", name=text("models.switch.reason")).press("Enter")
    own.get_by_role("button", name=text("models.switch.promote", version="2")).click()
    expect(page.get_by_text(switched("promoted", "2"))).to_be_visible(timeout=SLOW)

    # The same picture is now read by the new version, and after the roll-back by the old one again.
    go(page, "")
    open_sidebar(page)
    expect(choice).to_have_value(re.compile("version 2"), timeout=SLOW)
    go(page, "models")
    own.get_by_role("button", name=text("models.switch.roll_back", version="1")).click()
    expect(page.get_by_text(switched("rolled_back", "1"))).to_be_visible(timeout=SLOW)
    own.get_by_text(text("models.own.record", n=4)).click()
    expect(own.get_by_text(re.compile(": better on the held-out pictures"))).to_be_visible()
    go(page, "")
    open_sidebar(page)
    expect(choice).to_have_value(re.compile("version 1"), timeout=SLOW)
    complete(page)
    assert read_until(page, card.inner_text, lambda found: found == first) == first
    watched.assert_clean()
