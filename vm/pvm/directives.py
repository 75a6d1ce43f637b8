"""Lines of assembly that are no instructions: data, sizes, octets, and what test sources set and expect. Section 15.1.

Beyond the specification there is what it takes to write down any program whatever: `%layout = bare` for a program
blob without memory, `%metadata`, `%jump_table` and `%jump_table_entry_size`, `%octets` (an instruction as it is
encoded), `invalid` (the same, of an undefined opcode) and `%unmarked` (octets at which no instruction begins).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.assembler import shortened, suggest
from vm.pvm import lexing
from vm.pvm.notation import REGISTER_NUMBERS
from vm.pvm.standard import PAGE, Standard, pages

if TYPE_CHECKING:
    from vm.pvm.assembler import Assembly

_DIRECTIVE = re.compile(r"%([A-Za-z0-9_]*+)[ \t]*+(=?)[ \t]*+")
_BLANKS = re.compile(r"[ \t]*+")
_NUMBER = re.compile(r"[-+]?[0-9A-Za-z_]++")
_HEX_WORD = re.compile(r"[^ \t\r]++")
_MOST_DATA = (1 << 24) - 1
_MOST_SIZE = {"ro_data_size": _MOST_DATA, "rw_data_size": 1 << 32, "stack_size": _MOST_DATA,
              "jump_table_entry_size": 255}  # fmt: skip
_SETS = ("jam_v1", "latest64")
_OTHER_SETS = ("latest32", "revive_v1")
_LAYOUTS = ("standard", "bare")


@dataclass(slots=True)
class Settings:
    """What the directives of a source have said."""

    read_only: bytearray = field(default_factory=bytearray)
    read_write: bytearray = field(default_factory=bytearray)
    sizes: dict[str, int] = field(default_factory=dict)
    bare: bool = False
    metadata: bytearray | None = None
    registers: dict[int, int] = field(default_factory=dict)
    gas: int | None = None
    lines: dict[str, int] = field(default_factory=dict)
    """Line in which each directive was last met."""

    @property
    def entry_size(self) -> int | None:
        """Octets of each entry of the jump table; None for as many as are needed."""
        return self.sizes.get("jump_table_entry_size")

    def memory(self) -> Standard | None:
        """The memory of the program; None for a bare blob. Section 5: read-only data as long as its size, zero pages
        behind the read-write data up to its size."""
        if self.bare:
            return None
        read_only = bytes(self.read_only).ljust(self.sizes.get("ro_data_size", 0), b"\0")
        read_write = bytes(self.read_write)
        behind = pages(self.sizes.get("rw_data_size", 0)) - pages(len(read_write))
        metadata = None if self.metadata is None else bytes(self.metadata)
        return Standard(read_only, read_write, max(0, behind) // PAGE, self.sizes.get("stack_size", 0), metadata)


def directive(assembly: Assembly, number: int, line: str, start: int) -> None:
    """Obey a line that begins with `%`, `pre:`, `post:`, `step:` or `invalid`; `start` is where."""
    if line.startswith("invalid", start):
        _octets(assembly, number, line, start + len("invalid"), marked=True)
        return
    found = _DIRECTIVE.match(line, start)
    if found is None:
        _test_line(assembly, number, line, start)
        return
    name, at = found[1], found.end()
    obey = _DIRECTIVES.get(name)
    if obey is None:
        near = suggest(name, _DIRECTIVES)
        hint = f"did you mean %{near}?" if near else f"there are %{', %'.join(_DIRECTIVES)}"
        if name == "no_fallthrough":
            hint = "it stands behind a label: @name: %no_fallthrough"
        assembly.report(number, start, 1 + len(name), "DIRECTIVE", f"there is no directive %{shortened(name)}", hint)
    elif not found[2]:
        assembly.report(number, at, 1, "PARSE", "expected '=' behind the directive", f"%{name} = …")
    else:
        assembly.settings.lines[name] = number
        obey(assembly, number, line, at)


# Data and sizes


def _hex(assembly: Assembly, number: int, line: str, at: int) -> bytes | None:
    """The octets that the rest of a line spells; None if that was reported."""
    text = line[at:].rstrip(" \t\r")
    digits = text.replace(" ", "").replace("\t", "")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        pass
    for word in _HEX_WORD.finditer(text):
        wrong = next((place for place, each in enumerate(word[0]) if each not in "0123456789abcdefABCDEF"), None)
        if wrong is not None:
            message = f"'{shortened(word[0][wrong])}' is no hexadecimal digit"
            hint = "octets are two hexadecimal digits each, without 0x; blanks do not matter"
            assembly.report(number, at + word.start() + wrong, 1, "PARSE", message, hint)
            return None
    message, hint = "half an octet is missing", f"there are {len(digits):,} digits, and an octet has two"
    assembly.report(number, at, len(text), "PARSE", message, hint)
    return None


def _data(which: str) -> Callable[[Assembly, int, str, int], None]:
    def obey(assembly: Assembly, number: int, line: str, at: int) -> None:
        octets = _hex(assembly, number, line, at)
        data = assembly.settings.read_only if which == "ro_data" else assembly.settings.read_write
        if octets is not None and len(data) + len(octets) > _MOST_DATA:
            message = f"%{which} has more than {_MOST_DATA:,} octets"
            assembly.report(number, at, 1, "VALUE_RANGE", message, "a standard program cannot have more")
        elif octets is not None:
            data += octets

    return obey


def _size(which: str) -> Callable[[Assembly, int, str, int], None]:
    def obey(assembly: Assembly, number: int, line: str, at: int) -> None:
        value = _natural(assembly, number, line, at, _MOST_SIZE[which])
        if value is not None:
            assembly.settings.sizes[which] = value

    return obey


def _natural(assembly: Assembly, number: int, line: str, at: int, most: int) -> int | None:
    text = line[at:].rstrip(" \t\r")
    value = lexing.number(text) if _NUMBER.fullmatch(text) else None
    if value is not None and 0 <= value <= most:
        return value
    message = f"expected a number from 0 to {most:,}" + (f", found '{shortened(text)}'" if text else "")
    assembly.report(number, at, len(text), "VALUE_RANGE", message, "")
    return None


def _metadata(assembly: Assembly, number: int, line: str, at: int) -> None:
    octets = _hex(assembly, number, line, at)
    if octets is not None:
        so_far = assembly.settings.metadata or bytearray()
        assembly.settings.metadata = so_far + octets


def _word(assembly: Assembly, number: int, line: str, at: int, known: tuple[str, ...], what: str) -> str | None:
    text = line[at:].rstrip(" \t\r")
    if text in known:
        return text
    hint = f"there are {', '.join(known)}"
    assembly.report(number, at, len(text), "DIRECTIVE", f"there is no {what} '{shortened(text)}'", hint)
    return None


def _isa(assembly: Assembly, number: int, line: str, at: int) -> None:
    found = _word(assembly, number, line, at, _SETS + _OTHER_SETS, "instruction set")
    if found in _OTHER_SETS:
        message = f"the instruction set {found} is not that of this machine"
        assembly.report(number, at, len(found), "DIRECTIVE", message, f"it has that of {' and '.join(_SETS)}")


def _layout(assembly: Assembly, number: int, line: str, at: int) -> None:
    assembly.settings.bare = _word(assembly, number, line, at, _LAYOUTS, "layout") == "bare"


# Octets of the code, and the jump table


def _octets(assembly: Assembly, number: int, line: str, at: int, *, marked: bool) -> None:
    octets = _hex(assembly, number, line, at)
    if octets == b"":
        assembly.report(number, at, 1, "PARSE", "octets are missing", "as in %octets = 33 07 01")
    elif octets is not None:
        assembly.octets(number, octets, marked=marked)


def _jump_table(assembly: Assembly, number: int, line: str, at: int) -> None:
    for word in _HEX_WORD.finditer(line, at):
        assembly.entry(number, word.start(), word[0])


_DIRECTIVES: Mapping[str, Callable[[Assembly, int, str, int], None]] = MappingProxyType(
    {
        "ro_data": _data("ro_data"),
        "rw_data": _data("rw_data"),
        "ro_data_size": _size("ro_data_size"),
        "rw_data_size": _size("rw_data_size"),
        "stack_size": _size("stack_size"),
        "isa": _isa,
        "layout": _layout,
        "metadata": _metadata,
        "jump_table": _jump_table,
        "jump_table_entry_size": _size("jump_table_entry_size"),
        "octets": lambda assembly, number, line, at: _octets(assembly, number, line, at, marked=True),
        "unmarked": lambda assembly, number, line, at: _octets(assembly, number, line, at, marked=False),
    }
)
DIRECTIVES = tuple(_DIRECTIVES)
"""Their names, without `%`."""


# What test sources set and expect

_TEST = re.compile(r"(pre|post|step):[ \t]*+")
_SETTING = re.compile(r"([a-z][a-z0-9]*+)[ \t]*+=[ \t]*+([^ \t\r]++)[ \t]*+\r?")
_EXPECTED_PC = re.compile(r"pc[ \t]*+=[ \t]*+@[A-Za-z0-9_.]++(?:\[[0-9]++\])?[ \t]*+\r?")
_STEP = re.compile(
    r"(?:run|map[ \t]++R[OW][ \t]++[0-9a-zA-Z]++\.\.[0-9a-zA-Z]++|write[ \t]++[0-9a-zA-Z]++[ \t]++[0-9a-fA-F \t]++)\s*+"
)
_FORMS = {
    "pre": "pre: a0 = 5, or pre: gas = 10000",
    "post": "post: a0 = 5, post: gas = 9990, or post: pc = @label[2]",
    "step": "step: run, step: map RW 0x20000..0x21000, step: write 0x20000 01 02, or step: a0 = 5",
}


def _test_line(assembly: Assembly, number: int, line: str, start: int) -> None:
    """`pre:` presets registers and gas; `post:` and `step:` are for a test bench, and only have to make sense."""
    found = _TEST.match(line, start)
    kind, at = (found[1], found.end()) if found else ("pre", start)
    if kind == "post" and _EXPECTED_PC.fullmatch(line, at):
        return
    if kind == "step" and _STEP.fullmatch(line, at):
        return
    setting = _SETTING.fullmatch(line, at)
    name = setting[1] if setting else ""
    value = lexing.number(setting[2]) if setting and _NUMBER.fullmatch(setting[2]) else None
    is_gas = name == "gas" and kind != "step"
    if value is None or not (is_gas or name in REGISTER_NUMBERS) or (is_gas and value < 0):
        text = line[at:].rstrip(" \t\r")
        message = f"{kind}: cannot say '{shortened(text)}'" if text else f"expected something behind {kind}:"
        assembly.report(number, at, len(text), "DIRECTIVE", message, f"write {_FORMS[kind]}")
    elif kind == "pre" and is_gas:
        assembly.settings.gas = value
    elif kind == "pre":
        assembly.settings.registers[REGISTER_NUMBERS[name]] = value & (1 << 64) - 1


def check_settings(assembly: Assembly, jump_table: tuple[int, ...]) -> None:
    """Report sizes that are too small for what they hold, and regions that do not fit into the address space."""
    said = assembly.settings
    for name, held in (("ro_data_size", len(said.read_only)), ("rw_data_size", len(said.read_write))):
        if said.sizes.get(name, held) < held:
            message = f"%{name} is {said.sizes[name]:,}, and the data has {held:,} octets"
            assembly.report(said.lines[name], 0, 1, "VALUE_RANGE", message, "make it larger, or leave it out")
    needed = max(jump_table, default=0).bit_length()
    if said.entry_size is not None and 8 * said.entry_size < needed:
        message = f"entries of {said.entry_size} octets are too small for the address {max(jump_table):,}"
        hint = "make %jump_table_entry_size larger, or leave it out"
        assembly.report(said.lines["jump_table_entry_size"], 0, 1, "VALUE_RANGE", message, hint)
    memory = said.memory()
    if memory is not None and (memory.zones > 1 << 32 or memory.heap_pages >> 16):
        message = f"data, heap and stack take {memory.zones:,} octets of address space, in at most 65,535 heap pages"
        line = max((line for name, line in said.lines.items() if name.endswith("_size")), default=1)
        assembly.report(line, 0, 1, "VALUE_RANGE", message, "make %rw_data_size or %stack_size smaller")
