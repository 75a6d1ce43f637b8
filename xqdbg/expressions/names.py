"""Names that expressions use: what is there, what was probably meant, and what a name being typed can become."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from types import MappingProxyType

from vm.contract import Machine
from xqdbg.expressions.errors import did_you_mean
from xqdbg.expressions.functions import FUNCTIONS, OLD
from xqdbg.expressions.lexer import WORDS

CLOCK = ("tick", "depth", "pc")
"""What every machine has, whatever its places are."""

_CONSTANTS: Mapping[str, str] = MappingProxyType(
    {"true": "1", "false": "0", "none": "unset", "null": "unset", "nil": "unset", "undefined": "unset"}
)
_WORD = re.compile(r"[$A-Za-z_]")
_BEFORE_VALUE = re.compile(r"(?:^|[-+*/%&|^~<>=!(\[,:]|\b(?:and|or|not)\s)\s*$")
_LOOKED_BACK = 80
"""Characters before the end in which a name being typed may begin."""


def unknown_place(machine: Machine, name: str) -> str:
    """What to write instead of the name of a place that there is not."""
    if (instead := _CONSTANTS.get(name.lower())) is not None:
        return f"write {instead}"
    if name in FUNCTIONS or name in machine.functions():
        return f"it is a function: {usage(machine, name)}"
    if name == "old":
        return f"it is written {OLD}"
    if machine.knows(name.lower()) or name.lower() in CLOCK:
        return f"did you mean {name.lower()}?"
    return did_you_mean(name, _used(machine))


def unknown_function(machine: Machine, name: str) -> str:
    """What to write instead of the name of a function that there is not."""
    if machine.knows(name) or name in CLOCK:
        return "it is a place; its indices stand in brackets, as in r3[4]"
    return did_you_mean(name, (*FUNCTIONS, *machine.functions(), "old"))


def unknown_saved(machine: Machine, name: str, saved: Iterable[str]) -> str:
    """What to do about a $name that nothing was saved under."""
    if machine.knows(name) or name in CLOCK:
        return f"did you mean {name}? names with a $ are saved values"
    known = [f"${each}" for each in saved]
    return did_you_mean(f"${name}", known) if known else f"set ${name} = EXPR saves one"


def usage(machine: Machine, name: str) -> str:
    """How a function is called; KeyError for what is none."""
    return FUNCTIONS[name].usage if name in FUNCTIONS else machine.functions()[name]


def complete(text: str, names: Iterable[str]) -> tuple[int, list[str]]:
    """Where the name begins that is being typed at the end of a text, and what it can become.

    `names` are those of places (parts such as `r0.size` and `stack[2]` included), meters, functions
    of the machine with their `(`, and saved values with their `$`. What every machine has need not be among them.
    """
    known = sorted({*names, *CLOCK, *WORDS, *(f"{name}(" for name in FUNCTIONS), "old("})
    for at in range(max(0, len(text) - _LOOKED_BACK), len(text)):
        if _begins(text, at) and (found := _starting(known, text[at:])):
            return at, found
    tail = text[-_LOOKED_BACK:]
    return len(text), known if _BEFORE_VALUE.search(tail) else []


def _begins(text: str, at: int) -> bool:
    """Whether a name may begin at a position."""
    return bool(_WORD.match(text, at)) and not (at and re.match(r"[\w$.]", text[at - 1]))


def _starting(known: Sequence[str], typed: str) -> list[str]:
    """Those of the sorted names that begin with what was typed and go on."""
    at = bisect_left(known, typed)
    return [name for name in takewhile(lambda name: name.startswith(typed), islice(known, at, None)) if name != typed]


def _used(machine: Machine) -> Iterator[str]:
    """Names of places the program uses, and of what every machine has."""
    yield from CLOCK
    yield from (meter.name for meter in machine.meters())
    for line in machine.code():
        yield from line.reads
        yield from line.writes
