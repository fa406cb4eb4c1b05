"""``python -m tests.code_size``: code lines outside tests by room, without blanks, comments and docstrings."""

from __future__ import annotations

import argparse
import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    """Return the lines of a module that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            lines.difference_update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


def function_lengths(source: str) -> list[int]:
    """Return from how many lines to how many each function of a module reaches, its docstring included."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def main() -> None:
    """Print a line for each room of ``model_zoo`` and ``dashboard``, then the sum."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    rooms: Counter[str] = Counter()
    lengths: list[int] = []
    for package in ("model_zoo", "dashboard"):
        for path in sorted((ROOT / package).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            rooms["/".join(path.relative_to(ROOT).with_suffix("").parts[:2])] += code_lines(source)
            lengths += function_lengths(source)
    said = [f"{count:7,} {room}" for room, count in rooms.most_common()]
    said.append(f"{rooms.total():7,} code lines; functions: {len(lengths):,}, median length {median(lengths):g} lines")
    sys.stdout.write("\n".join(said) + "\n")


if __name__ == "__main__":
    main()
