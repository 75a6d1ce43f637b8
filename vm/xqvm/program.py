"""A program, loaded: the stream, and where it came from."""

from __future__ import annotations

from functools import cached_property

from vm import disassembler
from vm.contract import Line
from vm.sourcemap import SourceMap, split_lines
from vm.xqvm.container import Slots, count_slots, pack, unpack
from vm.xqvm.isa import ISA
from vm.xqvm.touches import Touches


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
        """Every instruction in address order."""
        return self._lines

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
