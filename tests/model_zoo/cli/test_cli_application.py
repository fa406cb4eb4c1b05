"""The frame around every command: help, usage, and how errors leave the program."""

import subprocess
import sys
from pathlib import Path

import pytest

from model_zoo.cli import application, list_models
from model_zoo.cli.application import COMMANDS, UNEXPECTED, ZOO_ERROR

ROOT = Path(__file__).resolve().parents[3]


def test_help_of_a_fresh_interpreter_names_every_command_and_loads_no_network_library():
    script = (
        "import runpy, sys\n"
        "sys.argv = ['model_zoo', '--help']\n"
        "try:\n"
        "    runpy.run_module('model_zoo', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0\n"
        "print(sorted({'torch', 'numpy', 'pydicom', 'captum'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    # argparse puts the help of a long name on the line below it.
    assert all(f"\n    {name} " in done.stdout or f"\n    {name}\n" in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        application.main([name, "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert "--debug" in text
    assert len(text.splitlines()) >= 8


def test_no_command_is_a_usage_error(cli):
    answer = cli()
    assert answer.code == ZOO_ERROR
    assert answer.err.splitlines()[-1] == "Run: python -m model_zoo --help"


def test_unknown_option_is_named_and_its_value_is_not(cli):
    answer = cli("read", "film.png", "--patient-name=Jane-Roe", "Jane-Roe")
    assert answer.code == ZOO_ERROR
    assert "--patient-name" in answer.err
    assert "Roe" not in answer.err + answer.out


def test_bad_number_is_refused_with_the_expected_range(cli):
    answer = cli("read", "film.png", "--age-years", "sixty-Roe", "--json")
    assert answer.code == ZOO_ERROR
    assert "a number of years from 0 to 125" in answer.json["error"]["message"]
    assert "Roe" not in answer.err + answer.out


@pytest.mark.parametrize("words", [("--frame", "0"), ("--sex", "X"), ("--view", "sideways"), ("--age-years", "-1")])
def test_values_outside_their_range_are_usage_errors(cli, words):
    assert cli("read", "film.png", *words).code == ZOO_ERROR


def test_unexpected_error_gives_an_incident_and_no_traceback(cli, monkeypatch):
    def broken():
        raise RuntimeError("secret of Jane Roe")

    monkeypatch.setattr(list_models, "list_answer", broken)
    answer = cli("list", "--json")
    assert answer.code == UNEXPECTED
    incident = answer.json["error"]["incident"]
    assert incident in answer.err
    assert "Roe" not in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err


def test_debug_shows_the_traceback_on_stderr_alone(cli, monkeypatch):
    def broken():
        raise RuntimeError("the cause")

    monkeypatch.setattr(list_models, "list_answer", broken)
    answer = cli("list", "--debug")
    assert answer.code == UNEXPECTED
    assert "RuntimeError: the cause" in answer.err
    assert answer.out == ""


def test_interrupt_is_answered_in_words(cli, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(list_models, "list_answer", interrupted)
    answer = cli("list")
    assert answer.code == 130
    assert answer.err.startswith("Interrupted.")
