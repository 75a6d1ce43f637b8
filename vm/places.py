"""Places: anything a program can read or write, under the one name it has everywhere."""

from __future__ import annotations

import re
from typing import TypeAlias

from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A selector `[start:count]`."""

    start: int
    count: int


Selector: TypeAlias = str | tuple[int, ...] | Span
"""One step into a place: an attribute or key, indices, or a span. A key that is no name is spelled `["…"]`."""

_PLACE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE_STEP = re.compile(
    r"\.(?P<attribute>[A-Za-z_][A-Za-z0-9_]*)"
    r'|\[\s*(?P<key>"(?:[^"\\]|\\.)*+")\s*\]'
    r"|\[\s*(?P<start>-?(?:0x[0-9a-fA-F]{1,16}|\d{1,20}))\s*:\s*(?P<count>0x[0-9a-fA-F]{1,16}|\d{1,20})\s*\]"
    r"|\[\s*(?P<indices>-?(?:0x[0-9a-fA-F]{1,16}|\d{1,20})(?:\s*,\s*-?(?:0x[0-9a-fA-F]{1,16}|\d{1,20})){0,3})\s*\]"
)


_ADDRESSED = frozenset({"mem", "rights"})
"""Names of places whose indices are addresses, and so written in hexadecimal."""


class PlaceError(ValueError):
    """A text that names no place, or a place the machine does not have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Anything a program can read or write, under the one name it has everywhere.

    `r3`, `r3[4]`, `r0.linear[2]`, `r0.quad[1,5]`, `stack[-1]`, `loop[0].index`, `out[0]`, `r7["a key"]`, `pc`.
    """

    name: str
    path: tuple[Selector, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read the textual form; raises PlaceError that says at which column it stopped making sense."""
        match = _PLACE_NAME.match(text)
        if match is None:
            raise PlaceError(f"{text[:40]!r} does not begin with the name of a place")
        path: list[Selector] = []
        at = match.end()
        while at < len(text):
            step = _PLACE_STEP.match(text, at)
            if step is None:
                raise PlaceError(f"cannot read {text[at : at + 20]!r} at column {at + 1} of {text[:40]!r}")
            if (attribute := step["attribute"]) is not None:
                path.append(attribute)
            elif (key := step["key"]) is not None:
                path.append(_key(key))
            elif (indices := step["indices"]) is not None:
                path.append(tuple(int(i, 0) if "x" in i else int(i) for i in indices.split(",")))
            else:
                start, count = (int(part, 16) if "x" in part else int(part) for part in step.group("start", "count"))
                path.append(Span(start, count))
            at = step.end()
        return cls(match.group(), tuple(path))

    def __str__(self) -> str:
        index = hex if self.name in _ADDRESSED else str
        parts = [self.name]
        for step in self.path:
            if isinstance(step, str):
                parts.append("." + step if _PLACE_NAME.fullmatch(step) else f"[{_quoted(step)}]")
            elif isinstance(step, Span):
                parts.append(f"[{index(step.start)}:{step.count}]")
            else:
                parts.append(f"[{','.join(map(index, step))}]")
        return "".join(parts)


def _key(spelled: str) -> str:
    """The text that a string of JSON means; PlaceError if it is none."""
    from json import loads  # keys are rare

    try:
        return str(loads(spelled, strict=False))
    except ValueError as error:
        raise PlaceError(f"{spelled[:40]} is no text in quotes: {error}") from None


def _quoted(key: str) -> str:
    from json import dumps

    return dumps(key, ensure_ascii=False)
