"""What a debugger shows of the machine, as cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vm.contract import Cell, Place, Status, View
from vm.isa import OperandKind
from vm.mdvm.escapes import quoted
from vm.mdvm.forms import float_quoted
from vm.mdvm.frames import Frame, outward
from vm.mdvm.interchange import to_json
from vm.mdvm.isa import PASSED, REGISTERS, SAVED
from vm.mdvm.places import TAGS
from vm.mdvm.values import Array, Dict, Function, Slot, Url, tag_of

if TYPE_CHECKING:
    from vm.mdvm.state import State

VIEWS = (
    View("registers", "Registers", tall=True, slots=REGISTERS, pattern="r{}", tagged=True),
    View("calls", "Calls", top_first=True),
    View("globals", "Globals", fitted=True, tagged=True),
    View("outputs", "Output", tall=True, log="out"),
    View("constants", "Constants", tall=True, tagged=True),
    View("counters", "Counters", fitted=True),
)
_WORDS: Mapping[str, str] = MappingProxyType({"r": "read next", "w": "written next", "rw": "changed next"})
_SHOWN = 12
"""Elements in a summary."""
_LETTERS = 80
_CALLS = 256
"""Calls that are listed, innermost first; the reference has at most a thousand."""
MOST_LISTED = 10_000
"""Lines of output and constants that are listed, the latest and the first ones."""


def cells(machine: State, view: str) -> Sequence[Cell]:
    """The cells of one view; KeyError if there is none of that name."""
    return tuple(_CELLS[view](machine))


def kind_of(value: object) -> str:
    """What a cell says of the kind of a value."""
    match value:
        case None | bool() | int() | float() | str() | Array() | Dict() | Function() | Url():
            return TAGS[tag_of(value)]
        case Sequence():
            return "array"
    return "loop"


def text(value: Any) -> str:
    """Any value a place can hold in one line."""
    return shown(value)


def shown(value: Any, level: int = 0) -> str:
    """A value in one line, long ones cut off."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case float():
            return float_quoted(value)
        case str():
            return _string(value)
        case Array() | tuple() | list():
            return _listed("[", "]", (shown(item, level + 1) for item in islice(value, _SHOWN)), len(value), level)
        case Dict():
            pairs = (f"{_key(key)}: {shown(item, level + 1)}" for key, item in islice(value.pairs(), _SHOWN))
            return _listed("{", "}", pairs, len(value), level)
        case Url(address):
            return f"url {_string(address)}"
        case Function(name):
            return f"function {_string(name)}"
    return str(value)


def _string(value: str) -> str:
    if len(value) <= _LETTERS:
        return quoted(value)
    return f"{quoted(value[:_LETTERS])[:-1]}… ({len(value):,} characters)"


def _key(key: str) -> str:
    return key if key.isidentifier() and len(key) <= _LETTERS else _string(key)


def _listed(opening: str, closing: str, parts: Iterator[str], count: int, level: int) -> str:
    if level > 2 and count:
        return f"{opening}…{closing}"
    more = f", … {count:,} in all" if count > _SHOWN else ""
    return f"{opening}{', '.join(parts)}{more}{closing}"


def cell(name: str, value: Slot, note: str = "") -> Cell:
    """The cell of a value under the name of its place."""
    holds = len(value) if isinstance(value, Array | Dict) else 0
    return Cell(name, shown(value), kind_of(value), value, note, holds, lambda: to_json(value))


def _registers(machine: State) -> Iterator[Cell]:
    roles = _roles(machine)
    for number, value in enumerate(machine.regs):
        if value is None and number not in roles and number not in machine.tags:
            continue
        tag = machine.tags.get(number)
        notes = [f"tagged {TAGS[tag]}"] if tag is not None and tag != tag_of(value) else []
        notes += [roles[number]] if number in roles else []
        yield cell(f"r{number}", value, ", ".join(notes))


def _roles(machine: State) -> dict[int, str]:
    """What the next instruction does with registers."""
    if machine.status is not Status.READY:
        return {}
    instruction = machine.program.code[machine.pc]
    op, operands = instruction.op, instruction.operands
    if op is None:
        return {}
    if op.name == "call":
        into, f, *arguments = operands
        return {a: f"argument {at}" for at, a in enumerate(arguments[:PASSED])} | {f: "called next", into: "result"}
    if op.name == "return":
        return dict.fromkeys(operands, "returned next")
    access: dict[int, str] = {}
    for operand, number in zip(op.operands, operands, strict=False):
        if operand.kind is OperandKind.REGISTER:
            access[number] = "".join(sorted({*access.get(number, ""), *operand.access}))
    return {number: _WORDS[each] for number, each in access.items()}


def _calls(machine: State) -> Iterator[Cell]:
    for frame in islice(outward(machine.frames), _CALLS):
        called = machine.program.by_entry.get(frame.entry, f"@{frame.entry}")
        told = f"{called} → r{frame.into}, back at @{frame.back}"
        held = saved(frame)
        note = f"saved {len(held)} register{'' if len(held) == 1 else 's'}"
        yield Cell(f"frame[{frame.depth - 1}]", told, "loop", frame, note, len(held), partial(_json, held))


def _json(held: Sequence[tuple[int, Slot]]) -> Any:
    return {f"r{number}": to_json(value) for number, value in held}


def saved(frame: Frame) -> Sequence[tuple[int, Slot]]:
    """The registers an open call has saved that are not Empty."""
    return [(number, value) for number, value in enumerate(frame.saved[:SAVED]) if value is not None]


def _globals(machine: State) -> Iterator[Cell]:
    for name, value in islice(machine.globals.items(), MOST_LISTED):
        yield cell(str(Place("globals", (name,))), value)


def _outputs(machine: State) -> Iterator[Cell]:
    lines = machine.output
    for at in range(max(0, len(lines) - MOST_LISTED), len(lines)):
        yield Cell(f"out[{at}]", lines[at], "string", lines[at])


def _constants(machine: State) -> Iterator[Cell]:
    for k in range(min(MOST_LISTED, len(machine.program.constants))):
        yield cell(f"const[{k}]", machine.constant(k))


def _counters(machine: State) -> Iterator[Cell]:
    from vm.mdvm.state import ENDINGS

    ending = ENDINGS[machine.ending]
    if machine.stray is not None:
        ending += f" to @{machine.stray}"
    yield Cell("pc", f"@{machine.pc}", "int", machine.pc, ending)
    yield Cell("instructions", f"{machine.instructions:,}", "int", machine.instructions, f"of {machine.limit:,}")
    if machine.ending == 1:
        yield cell("result", machine.result)
    if machine.program.remembers and machine.jumped is not None:
        yield Cell("jumped", f"@{machine.jumped}", "int", machine.jumped, "where the last taken jump stands")
    for at, scope in enumerate(machine.scopes[:MOST_LISTED]):
        yield Cell(f"scope[{at}]", str(scope), "int", scope)


_CELLS: Mapping[str, Callable[[State], Iterator[Cell]]] = MappingProxyType(
    {
        "registers": _registers,
        "calls": _calls,
        "globals": _globals,
        "outputs": _outputs,
        "constants": _constants,
        "counters": _counters,
    }
)
