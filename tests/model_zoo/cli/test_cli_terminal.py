"""Nothing that a file says moves the cursor, colours the terminal or forges a line: in every command that repeats a file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from model_zoo.cli import terminal
from tests.model_zoo.cli.conftest import Answer
from tests.model_zoo.cli.test_cli_models_folder import drop

ESCAPE = "\x1b[2J\x1b]0;owned\x07\x9b31mred\r\u202eforged"
CLI = Path(terminal.__file__).parent


def assert_harmless(answer: Answer, seen: str = r"\x1b") -> None:
    """seen: what shows that the planted text was repeated at all."""
    for stream in (answer.out, answer.err):
        assert not set(stream) & set("\x1b\x07\x9b\r\u202e"), stream
    assert seen in answer.out + answer.err


def test_a_vital_sign_header(cli, tmp_path):
    file = tmp_path / "stay.csv"
    file.write_bytes(f"time (h),HR,{ESCAPE}\n0,115,1\n".encode().replace(b"\r", b" "))
    assert_harmless(cli("news2", file), seen="[2J")


def test_a_unit_and_a_word_that_are_refused(cli, tmp_path):
    file = tmp_path / "stay.csv"
    file.write_text(f"time (h),HR ({ESCAPE})\n0,115\n".replace("\r", ""), encoding="utf-8")
    answer = cli("news2", file)
    assert_harmless(answer, seen="quantity")


def test_a_rules_file(cli, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nkey = "own"\ntitle = "own"\nlevel = "urgent"\nseries = "monitoring"\n'
        'when = [{ input = "heart_rate_bpm", above = 100 }]\nreason = "\\u001b[2J\\u0007 rate"\n'
        'suggestion = "\\u001b[31m look"\nlimits = "none"\nsource = "\\u202e"\nvalidation = "none"\n',
        encoding="utf-8",
    )
    (tmp_path / "stay.csv").write_text("time (h),HR\n0,130\n", encoding="utf-8")
    answer = cli("news2", tmp_path / "stay.csv", "--rules", rules)
    assert not set(answer.out + answer.err) & set("\x1b\x07\u202e")


@pytest.mark.parametrize("words", [("card", ESCAPE), ("read", "--sample", ESCAPE), ("read", "--model", ESCAPE, "x.png"),
                                   ("ecg", ESCAPE), ("extract", ESCAPE), ("evaluate", ESCAPE, "--data", ESCAPE),
                                   ("news2", "--example", ESCAPE), ("what-if", ESCAPE), ("history", ESCAPE),
                                   (f"--{ESCAPE}",), (ESCAPE,)])  # fmt: skip
def test_errors_that_repeat_what_was_typed(cli, words):
    answer = cli(*words)
    assert answer.code == 2
    assert not set(answer.out + answer.err) & set("\x1b\x07\x9b\r\u202e")


def test_an_ecg_header(cli, tmp_path):
    file = tmp_path / "strip.csv"
    file.write_text(f"time (s),{ESCAPE} (mV)\n0.00,0.1\n0.01,0.2\n".replace("\r", ""), encoding="utf-8")
    answer = cli("ecg", file)
    assert not set(answer.out + answer.err) & set("\x1b\x07\x9b\r\u202e")


def test_a_note(cli, tmp_path):
    file = tmp_path / "note.txt"
    file.write_text(
        f"65 year old man. {ESCAPE}{{x}} Takes \x1b[31mmetformin\x1b[0m 500 mg. Temp 38.2 C.", encoding="utf-8"
    )
    answer = cli("extract", file)
    assert not set(answer.out + answer.err) & set("\x1b\x07\x9b\r\u202e")


def test_a_folder_model(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path))
    drop(
        tmp_path,
        "own",
        title=f"Own {ESCAPE}",
        intended_use=ESCAPE,
        data=[{"name": ESCAPE, "licence": ESCAPE, "citation": ESCAPE}],
    )
    assert_harmless(cli("list"))
    assert_harmless(cli("card", "own"))
    assert "\\u001b" in cli("list", "--json").out


def test_labels_of_a_folder(cli, tmp_path):
    (tmp_path / "labels.csv").write_text(
        f"file,patient_id,{ESCAPE}\n{ESCAPE},p,1\n".replace("\r", ""), encoding="utf-8"
    )
    for words in (("evaluate", "chest-xray", "--data", tmp_path), ("review", "chest-xray", "--labels", tmp_path)):
        answer = cli(*words)
        assert not set(answer.out + answer.err) & set("\x1b\x07\x9b\r\u202e")


def test_pages_tables_and_tracebacks(capsys):
    terminal.say(ESCAPE, 2)
    terminal.say_table([(ESCAPE, "b")])
    terminal.say_page(f"# {ESCAPE}\nnext")
    try:
        raise ValueError(ESCAPE)
    except ValueError:
        terminal.print_traceback()
    captured = capsys.readouterr()
    assert not set(captured.out + captured.err) & set("\x1b\x07\x9b\r\u202e")
    assert captured.out.endswith("\nnext\n")
    assert r"\x1b[2J" in captured.err


def test_one_file_prints():
    """Everything else would print past ``visible``."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(CLI.rglob("*.py"))
        if path.name != "terminal.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Name) and node.func.id == "print")
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("print_exc", "print_exception"))
        )
    ]  # fmt: skip
    assert found == []
