"""Tokens of the contest's two text formats: a scanner that knows its line, and the removal of comments."""

from __future__ import annotations

import re

from wse_cp.errors import InputError

#: A keyword: a type of node, a key, a statement's name.
WORD = r"[A-Za-z_][A-Za-z0-9_]*"

_BLANKS = re.compile(r"\s*")
_TOKEN = re.compile(r"\w+|.")


class Scanner:
    """Goes through a text token by token, and over the blanks and line ends between tokens."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self._position = 0
        self._line, self._counted = 1, 0
        self._skip_blanks()

    @property
    def at_end(self) -> bool:
        """Whether only blanks are left."""
        return self._position >= len(self.text)

    @property
    def line(self) -> int:
        """Number of the line (from 1) on which the next token stands."""
        self._line += self.text.count("\n", self._counted, self._position)
        self._counted = self._position
        return self._line

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over `pattern` if it comes next, else return None and stay."""
        match = pattern.match(self.text, self._position)
        if match:
            self._position = match.end()
            self._skip_blanks()
        return match

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether `pattern` comes next."""
        return pattern.match(self.text, self._position) is not None

    def take(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        """Step over `pattern`, which must come next; else raise `InputError`."""
        match = self.find(pattern)
        if match is None:
            raise InputError(expected, self._next_token(), self.source, self.line)
        return match

    def _next_token(self) -> str:
        rest = self.text[self._position : self._position + 60]
        match = _TOKEN.match(rest)
        return match.group() if match else "the end of the file"

    def _skip_blanks(self) -> None:
        match = _BLANKS.match(self.text, self._position)
        self._position = match.end() if match else self._position


def split_comments(text: str, source: str) -> tuple[str, list[tuple[int, str]]]:
    """Return `text` with its ``(* ... *)`` comments blanked, and those with ``=`` in them with their lines.

    Raises `InputError` if a comment does not end.
    """
    parts: list[str] = []
    comments: list[tuple[int, str]] = []
    position, line = 0, 1
    while (start := text.find("(*", position)) >= 0:
        line += text.count("\n", position, start)
        end = text.find("*)", start + 2)
        if end < 0:
            raise InputError("*) at the end of a comment", "the end of the file", source, line)
        comment = text[start + 2 : end]
        if "=" in comment:  # else it can be no header
            comments.append((line, comment))
        newlines = comment.count("\n")
        parts += [text[position:start], " ", "\n" * newlines]
        line += newlines
        position = end + 2
    return "".join([*parts, text[position:]]), comments
