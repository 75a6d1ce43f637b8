"""Programs in Machine Dialect, read as far as they are understood: what is not leaves a function without statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vm.mdvm.grammar import Token, Unclear, statements, words
from vm.mdvm.sentences import Body, Statement
from vm.values import dataclass

_HEADING = re.compile(r"###[ \t]+\*\*(?:Utility|Action|Interaction)\*\*:?[ \t]+`([^`]+)`[ \t]*")
_SECTION = re.compile(r"####[ \t]+(Inputs|Outputs):?[ \t]*")
_PARAMETER = re.compile(r"-[ \t]+`([^`]+)`[ \t]+\*\*as\*\*[ \t]+([A-Za-z/ ]+?)[ \t]*(?:\(required\))?[ \t]*\.?[ \t]*")
_DECORATION = re.compile(r"[ \t]*(?:<details>|<summary>[^<>]*</summary>)?[ \t]*")
_QUOTED = re.compile(r"[ \t]*((?:>[ \t]?)*)")
_END = "</details>"
_FENCE = "---"
MOST_PARTS = 100_000
"""Words and signs of one function that are looked at."""


@dataclass(slots=True)
class _Part:
    """The lines of a function, or of the top level."""

    name: str
    inputs: list[str]
    lines: list[tuple[int, str]]
    end: int | None = None
    is_clear: bool = True


def read(lines: Sequence[str]) -> Sequence[Body]:
    """The top level, which has no name, and then the functions in order."""
    return [_body(part) for part in _parts(lines)]


def _parts(lines: Sequence[str]) -> Sequence[_Part]:
    """The lines by what they belong to."""
    top = _Part("", [], [])
    parts, section = [top], ""
    inside: _Part | None = None
    for number, line in _behind_front_matter(lines):
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            if inside is not None:
                inside.is_clear = False
            inside, section = _Part(heading[1], [], []), ""
            parts.append(inside)
        elif inside is not None:
            if line.strip() == _END:
                inside.end, inside, section = number, None, "done"
            else:
                inside.lines.append((number, line))
        elif len(parts) > 1 and (found := _SECTION.fullmatch(line)):
            section = found[1]
        elif section in ("Inputs", "Outputs") and line.lstrip().startswith("-"):
            _parameter(parts[-1], section, line)
        elif line.strip():
            section = ""
            top.lines.append((number, line))
    if inside is not None:
        inside.is_clear = False
    return parts


def _behind_front_matter(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    start = 0
    if lines and lines[0].rstrip() == _FENCE:
        start = next((at for at, line in enumerate(lines[1:], 2) if line.rstrip() == _FENCE), 0)
    return ((number, line) for number, line in enumerate(lines, 1) if number > start)


def _parameter(part: _Part, section: str, line: str) -> None:
    found = _PARAMETER.fullmatch(line.strip())
    if section == "Inputs" and found is not None:
        part.inputs.append(found[1])
    part.is_clear &= found is not None


def _body(part: _Part) -> Body:
    found: tuple[Statement, ...] | None = None
    if part.is_clear and len(set(part.inputs)) == len(part.inputs):
        try:
            found = statements(_tokens(part))
        except Unclear:
            found = None
    end = part.end
    if not part.name:
        end = found[-1].line if found else None
    return Body(part.name, tuple(part.inputs), found, end)


def _tokens(part: _Part) -> list[Token]:
    """What the lines are made of, functions without the first `>`."""
    found: list[Token] = []
    outer = 1 if part.name else 0
    for number, line in part.lines:
        quoted = _QUOTED.match(line)
        marks = quoted[1] if quoted is not None else ""
        depth = marks.count(">") - outer
        if depth < 0:
            if _DECORATION.fullmatch(line) is None:
                raise Unclear
            continue
        found += words(line[quoted.end() if quoted is not None else 0 :], number, depth)
        if len(found) > MOST_PARTS:
            raise Unclear
    return found
