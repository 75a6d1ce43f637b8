"""A program, loaded: the stream, and where it came from."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

from vm import disassembler
from vm.contract import Line
from vm.isa import OperandKind
from vm.sourcemap import SourceMap, split_lines
from vm.xqvm.container import Slots, count_slots, pack, unpack
from vm.xqvm.isa import ISA
from vm.xqvm.touches import Touches

_TARGET = re.compile(r"\s*(?:TARGET\s+)?\.0*([0-9]+)", re.IGNORECASE)
"""The name a source line gives to a target."""

_JUMPS = frozenset(op.name for op in ISA if any(operand.kind is OperandKind.TARGET for operand in op.operands))


def _labelled(line: Line) -> bool:
    return bool(line.label)


def _renamed(line: Line, labels: dict[str, str]) -> Line:
    if line.label:
        return replace(line, label=labels.get(line.label, line.label))
    if line.op not in _JUMPS:
        return line
    word, _, target = line.text.partition(" ")
    return replace(line, text=f"{word} {labels.get(target, target)}")


class Program:
    """An instruction stream with its name and, if it was assembled here, its source. Never changes.

    What is derived from the stream is made when it is first asked for, and kept.
    """

    def __init__(
        self,
        code: bytes,
        name: str = "",
        *,
        text: str = "",
        sourcemap: SourceMap | None = None,
        slots: Slots | None = None,
    ) -> None:
        self._code = code
        self._name = name
        self._text = text
        self._sourcemap = sourcemap
        self._slots = slots

    @classmethod
    def load(cls, data: bytes, name: str = "") -> Program:
        """Read an `.xqb` file; ProgramError of kind DECODE if it is none."""
        code, slots = unpack(bytes(data))
        return cls(code, name, slots=slots)

    @property
    def name(self) -> str:
        return self._name

    @property
    def code(self) -> bytes:
        """The instruction stream, without the header of the container."""
        return self._code

    @cached_property
    def source(self) -> tuple[str, ...]:
        """Lines of the source text without their ends; empty for bytecode."""
        return tuple(split_lines(self._text)) if self._sourcemap is not None else ()

    @cached_property
    def instructions(self) -> int:
        """Number of lines of the listing. Section 4.3."""
        return disassembler.count(ISA, self._code)

    @cached_property
    def targets(self) -> tuple[int, ...]:
        """Offset of each target by its number. Section 2.6."""
        return disassembler.targets(ISA, self._code)

    @cached_property
    def slots(self) -> Slots:
        """The counts of INPUT and OUTPUT in the header: as loaded, or counted."""
        return self._slots or count_slots(self._code)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        line_of = self._sourcemap.line_of if self._sourcemap is not None else None
        return tuple(disassembler.lines(ISA, self._code, line_of, Touches()))

    def lines(self) -> tuple[Line, ...]:
        """Every instruction in address order, targets called by their numbers."""
        return self._lines

    @cached_property
    def named_lines(self) -> tuple[Line, ...]:
        """The same with targets called as the source calls them; `#N` where target number N has no name there."""
        names = self._target_names()
        if all(name == f".{number}" for number, name in enumerate(names)):
            return self._lines
        labels = {line.label: name for line, name in zip(filter(_labelled, self._lines), names, strict=False)}
        return tuple(_renamed(line, labels) for line in self._lines)

    def _target_names(self) -> list[str]:
        names = []
        for number, line in enumerate(filter(_labelled, self._lines)):
            text = self.source[line.source_line - 1] if line.source_line is not None and self.source else f".{number}"
            found = _TARGET.match(text)
            names.append(f".{found[1]}" if found is not None else f"#{number}")
        return names

    def container(self) -> bytes:
        """The program as an `.xqb` file."""
        return pack(self._code, self.slots)

    def line_of(self, pc: int) -> int | None:
        """The source line, from 1, of the instruction at or around `pc`; None without source or outside."""
        return self._sourcemap.line_of(pc) if self._sourcemap is not None else None

    def pcs_of(self, line: int) -> tuple[int, ...]:
        """Addresses of the instructions of a source line; empty without source or for lines that emit nothing."""
        return self._sourcemap.pcs_of(line) if self._sourcemap is not None else ()

    def __repr__(self) -> str:
        return f"Program({self._name!r}, {len(self._code)} bytes)"
