"""The places in code and time that a user can name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from enum import Enum
from typing import TypeAlias

from vm.contract import Line
from vm.faults import FaultReport
from vm.isa import Flow, Isa
from vm.values import dataclass
from xqdbg.addresses import address_of, counts
from xqdbg.errors import XqdbgError

CODE_FORMS = "a line number, *PC, a label such as .3, op:NAME, loop:enter, loop:exit, output or fault"
TIME_FORMS = "a tick such as 1200, a percentage such as 42%, start, end, @bookmark or LOC#k"
_SITES = ("*", ".", "op:", "loop:", "output", "fault")
"""How places in the program begin that cannot be taken for moments; a line is no such place, its number is a tick."""

_DIGITS = re.compile(r"\d{1,18}")
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{1,15}|\d{1,18}")
_COUNTED = re.compile(r"@\s*\d{1,18}")
"""The address of an instruction where addresses count instructions; no bookmark is called so."""
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")


@dataclass(frozen=True, slots=True)
class InCode:
    """Instructions, by address."""

    pcs: frozenset[int]


class EventKind(Enum):
    """Something that happens between two instructions."""

    ENTER = "loop:enter"
    EXIT = "loop:exit"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class AtEvent:
    """Right after one of some instructions, where it did what the event is called for."""

    kind: EventKind
    pcs: frozenset[int]


@dataclass(frozen=True, slots=True)
class AtFault:
    """Where the run ends, if it does so in a fault."""

    code: str
    """Which fault, by its code or identity in any spelling; empty for any."""

    def is_met_by(self, fault: FaultReport | None) -> bool:
        """Whether a run that ended so has come here."""
        if fault is None:
            return False
        return not self.code or _letters(self.code) in (_letters(fault.code), _letters(fault.identity))


@dataclass(frozen=True, slots=True)
class AtBookmark:
    """A moment that was given a name."""

    name: str


@dataclass(frozen=True, slots=True)
class AtTick:
    """A moment in time."""

    tick: int


@dataclass(frozen=True, slots=True)
class AtPercent:
    """A part of the run, as far as it is known."""

    percent: float


@dataclass(frozen=True, slots=True)
class AtEnd:
    """Where the run ends."""


def _letters(name: str) -> str:
    return name.replace("_", "").casefold()


Site: TypeAlias = InCode | AtEvent | AtFault
"""What a run may come to more than once, or not at all."""


@dataclass(frozen=True, slots=True)
class Nth:
    """The time a run comes to a site as number `number`, counted from 1 at the start."""

    site: Site
    number: int


InTime: TypeAlias = AtTick | AtPercent | AtEnd | AtBookmark | Nth
Location: TypeAlias = Site | InTime


def parse_location(text: str, code: Sequence[Line], isa: Isa) -> Location:
    """Read LOC: a site in the program, or a moment such as `tick N`, `N%`, `@bookmark`, `LOC#k`. Raises XqdbgError."""
    text = text.strip()
    words = text.lower().split()
    if words and words[0] == "tick":
        return AtTick(_tick(text[len("tick") :].strip()))
    if words in (["start"], ["end"]):
        return AtTick(0) if words == ["start"] else AtEnd()
    if text.endswith("%"):
        return AtPercent(_percent(text))
    if text.startswith("@") and not _is_counted(text, code) and not _is_labelled(text, code):
        return AtBookmark(text[1:].strip())
    site, sharp, number = text.rpartition("#")
    if sharp:
        return Nth(parse_site(site, code, isa), _number(number.strip()))
    return parse_site(text, code, isa)


def parse_site(text: str, code: Sequence[Line], isa: Isa) -> Site:
    """Read a place in the program or an event: `14`, `*0x2a`, `.3`, `op:ADDQUAD`, `fault`, `loop:enter`. XqdbgError."""
    text = text.strip()
    name, _, detail = text.lower().partition(":")
    if name == "fault":
        return AtFault(text[len("fault:") :].strip().upper())
    if name == "loop" and detail.strip() in ("enter", "exit"):
        kind = EventKind.ENTER if detail.strip() == "enter" else EventKind.EXIT
        flow = Flow.LOOP_OPEN if kind is EventKind.ENTER else Flow.LOOP_CLOSE
        pcs = frozenset(line.pc for line in code if (op := isa.by_name.get(line.op)) is not None and op.flow is flow)
        return _happening(kind, pcs, "the program has no loop that the machine knows of")
    if text.lower() == EventKind.OUTPUT.value:
        writers = frozenset(line.pc for line in code if "out" in line.writes)
        return _happening(EventKind.OUTPUT, writers, "the program has no instruction that writes an output")
    return InCode(parse_code(text, code))


def _happening(kind: EventKind, pcs: frozenset[int], none: str) -> AtEvent:
    if not pcs:
        raise XqdbgError(none)
    return AtEvent(kind, pcs)


def _number(text: str) -> int:
    if not _DIGITS.fullmatch(text) or int(text) < 1:
        raise XqdbgError(f"{_shown(text)} is no number of a hit", "write LOC#1 for the first one")
    return int(text)


def parse_time(text: str, code: Sequence[Line], isa: Isa) -> InTime:
    """Read what `goto` takes: a moment; a bare number is a tick, a place the first time there. Raises XqdbgError."""
    text = text.strip()
    in_code = text.lower().startswith(_SITES) or _is_counted(text, code) or _is_labelled(text, code)
    if in_code and "#" not in text:
        return Nth(parse_site(text, code, isa), 1)
    if text.startswith("@") or "#" in text:
        place = parse_location(text, code, isa)
        if isinstance(place, AtBookmark | Nth):
            return place
    match text.lower().split():
        case []:
            raise XqdbgError("where to go is missing", f"it can be {TIME_FORMS}")
        case ["start"]:
            return AtTick(0)
        case ["end"]:
            return AtEnd()
        case ["tick", *_]:
            return AtTick(_tick(text[len("tick") :].strip()))
    return AtPercent(_percent(text)) if text.endswith("%") else AtTick(_tick(text))


def parse_code(text: str, code: Sequence[Line]) -> frozenset[int]:
    """Addresses of the instructions a text names: a line, `*PC`, a label or `op:NAME`. Raises XqdbgError."""
    text = text.strip()
    if _DIGITS.fullmatch(text):
        return frozenset((_of_line(int(text), code),))
    if text.startswith("*") or _is_counted(text, code):
        return frozenset((_of_address(text.removeprefix("*").strip().removeprefix("@").strip(), code),))
    if text.startswith(".") or _is_labelled(text, code):
        return frozenset((_of_label(text, code),))
    if text[:3].lower() == "op:":
        return _of_op(text[3:].strip(), code)
    raise XqdbgError(f"{_shown(text)} names no place in the program", f"it can be {CODE_FORMS}")


def _of_line(number: int, code: Sequence[Line]) -> int:
    """Address of the first instruction at a source line or after it; lines of the listing where there is no source."""
    numbered = [(line.source_line, line.pc) for line in code if line.source_line is not None]
    if not numbered:
        numbered = [(at, line.pc) for at, line in enumerate(code, 1)]
    later = [place for place in numbered if place[0] >= number]
    if number < 1 or not later:
        last = max((at for at, _ in numbered), default=0)
        raise XqdbgError(f"there is no instruction at or after line {number}", f"the last one is at line {last}")
    return min(later)[1]


def _of_address(text: str, code: Sequence[Line]) -> int:
    if not _ADDRESS.fullmatch(text):
        raise XqdbgError(f"{_shown(text)} is no address", "write @42" if counts(code) else "write *42 or *0x2a")
    pc = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if all(line.pc != pc for line in code):
        before = max((line.pc for line in code if line.pc < pc), default=None)
        hint = ""
        if before is not None:
            hint = f"the {'last one is' if counts(code) else 'one before begins at'} {address_of(before, code)}"
        if not counts(code) and text.isdigit() and any(line.pc == int(text, 16) for line in code):
            hint = f"did you mean *0x{text}? pc and the code pane count in hexadecimal"
        begins = "there is no instruction" if counts(code) else "no instruction begins at"
        raise XqdbgError(f"{begins} {address_of(pc, code)}", hint)
    return pc


def _is_counted(text: str, code: Sequence[Line]) -> bool:
    """Whether a text, less the number of a hit at its end, is the number of an instruction, such as `@12`."""
    return counts(code) and _COUNTED.fullmatch(text.partition("#")[0].strip()) is not None


def _is_labelled(text: str, code: Sequence[Line]) -> bool:
    """Whether a text, less the number of a hit at its end, is a label of the program: those win over bookmarks."""
    name = text.partition("#")[0].strip()
    return bool(name) and any(line.label == name for line in code)


def _of_label(text: str, code: Sequence[Line]) -> int:
    for line in code:
        if line.label == text:
            return line.pc
    labels = [line.label for line in code if line.label]
    raise XqdbgError(f"there is no label {_shown(text)}", _did_you_mean(text, labels))


def _of_op(name: str, code: Sequence[Line]) -> frozenset[int]:
    if pcs := frozenset(line.pc for line in code if line.op.lower() == name.lower()):
        return pcs
    raise XqdbgError(
        f"the program has no {_shown(name)}", _did_you_mean(_cased(name, code), {line.op for line in code})
    )


def _cased(name: str, code: Sequence[Line]) -> str:
    """A name in capital letters, if instructions are called so."""
    return name.upper() if any(line.op.isupper() for line in code) else name.lower()


def _tick(text: str) -> int:
    plain = text.replace(",", "").replace("_", "")
    if not _DIGITS.fullmatch(plain):
        raise XqdbgError(f"{_shown(text)} is no point in time", f"it can be {TIME_FORMS}")
    return int(plain)


def _percent(text: str) -> float:
    match = _PERCENT.fullmatch(text)
    if match is None or float(match[1]) > 100:
        raise XqdbgError(f"{_shown(text)} is no percentage", "write 0% to 100%, such as 42%")
    return float(match[1])


def _did_you_mean(text: str, known: Sequence[str] | set[str]) -> str:
    close = get_close_matches(text, sorted(known), n=1)
    if close:
        return f"did you mean {close[0]}?"
    some = sorted(known)
    return f"there are {', '.join(some[:12])}{' …' if len(some) > 12 else ''}" if some else "there is none"


def _shown(text: str) -> str:
    """A user's text inside a message: short, on one line, without control characters."""
    return ascii(text[:40]) if text else "nothing"
