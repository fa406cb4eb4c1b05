"""The command that counts code lines counts what is code."""

from __future__ import annotations

from tests.code_size import code_lines, function_lengths

SOURCE = '''"""A module
of two lines."""

# a comment
X = (
    1,  # beside code
)


def two() -> str:
    """What it does."""
    return """a text
    that is code"""
'''


def test_blanks_comments_and_docstrings_are_no_code() -> None:
    assert code_lines(SOURCE) == 3 + 1 + 2
    assert code_lines('"""Only words."""\n\n# and more\n') == 0


def test_a_function_is_as_long_as_it_is_read() -> None:
    assert function_lengths(SOURCE) == [4]
