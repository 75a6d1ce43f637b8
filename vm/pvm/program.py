"""A program, loaded: code, jump table and memory, and where it came from. Sections 4 to 6 and 9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.diagnostics import InputError
from vm.isa import Op
from vm.pvm import loading
from vm.pvm.blob import Blob
from vm.pvm.isa import BLOCK_ENDS, ISA
from vm.pvm.operands import DECODERS, LONGEST, LONGEST_SKIP
from vm.pvm.standard import Standard, Start
from vm.sourcemap import SourceMap, split_lines

if TYPE_CHECKING:
    from vm.contract import Line

_ROWS: tuple[Op | None, ...] = tuple(map(ISA.by_code.get, range(256)))
_DEFINED = bytes(row is not None for row in _ROWS)
_ENDING = bytes(code in BLOCK_ENDS for code in range(256))
_MARK = b"\x01"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One decoded instruction."""

    pc: int
    op: Op | None
    """None where there is none: an undefined opcode, an octet that begins none, the end. It works as a trap."""
    operands: tuple[int, ...]
    """In the order of the table: registers by number, immediates sign-extended to 64 bits, targets as addresses."""
    size: int
    """Octets to the one behind it."""

    @property
    def next_pc(self) -> int:
        """Where control goes on, unless it goes elsewhere."""
        return self.pc + self.size


@dataclass(frozen=True, slots=True)
class Preset:
    """What a test source sets before it runs. Section 15.1."""

    registers: tuple[tuple[int, int], ...] = ()
    """Numbers of registers and their values."""
    gas: int | None = None


class Program:
    """A program with its name, its memory if it has any, and its source if it was assembled here. Never changes.

    What is derived from the code is made when it is first asked for, and kept.
    """

    def __init__(
        self,
        parts: Blob,
        name: str = "",
        *,
        memory: Standard | None = None,
        entry: int = 0,
        exports: Mapping[str, int] = MappingProxyType({}),
        labels: Mapping[str, int] = MappingProxyType({}),
        preset: Preset | None = None,
        text: str = "",
        sourcemap: SourceMap | None = None,
    ) -> None:
        self._parts = parts
        self._name = name
        self._memory = memory
        self._entry = entry
        self._exports = MappingProxyType(dict(exports))
        self._labels = MappingProxyType(dict(labels))
        self._preset = preset or Preset()
        self._text = text
        self._sourcemap = sourcemap
        self._padded = parts.code + bytes(LONGEST)
        self._decoded: dict[int, Instruction] = {}

    @classmethod
    def load(cls, data: bytes, name: str = "", *, lenient: bool = False) -> Program:
        """Read a standard program, with metadata in front or not, or a bare blob, in octets or in hexadecimal.

        ProgramError of kind DECODE if it is none. `lenient` also takes blobs that are not the one encoding of what
        they hold, as most engines do.
        """
        memory, parts = loading.read(bytes(data), lenient=lenient)
        return cls(parts, name, memory=memory)

    @property
    def name(self) -> str:
        return self._name

    @property
    def code(self) -> bytes:
        """The code octets."""
        return self._parts.code

    @property
    def marks(self) -> bytes:
        """One octet for each of the code: 1 where an instruction begins, else 0."""
        return self._parts.marks

    @property
    def parts(self) -> Blob:
        """The program blob, taken apart."""
        return self._parts

    @property
    def jump_table(self) -> tuple[int, ...]:
        """Where dynamic jumps lead: entry i is for the address 2 * (i + 1). Section 9."""
        return self._parts.jump_table

    @property
    def memory(self) -> Standard | None:
        """What a standard program says of its memory; None for a bare blob."""
        return self._memory

    @property
    def entry(self) -> int:
        """Address at which to begin, unless the inputs say another: `@main`, or 0."""
        return self._entry

    @property
    def exports(self) -> Mapping[str, int]:
        """Addresses by the names that the source exports."""
        return self._exports

    @property
    def labels(self) -> Mapping[str, int]:
        """Addresses by the names the source has for them, exports included; empty for what was loaded."""
        return self._labels

    @property
    def preset(self) -> Preset:
        """Registers and gas that a test source sets."""
        return self._preset

    def start(self, arguments: bytes = b"") -> Start:
        """Memory, registers and heap at the start; InputError for arguments a program cannot have.

        A bare blob has no memory and registers of 0. What the source presets is not in it.
        """
        if self._memory is not None:
            return self._memory.start(arguments)
        if arguments:
            raise InputError("args: a bare program blob takes no argument; give registers, pages and memory")
        return Start()

    # Decoding

    def skip(self, pc: int) -> int:
        """How many octets behind `pc` belong to the instruction there, at most 24. Section 6."""
        end = len(self._parts.code)
        if pc >= end:
            return 0
        found = self._parts.marks.find(_MARK, pc + 1, pc + 1 + LONGEST_SKIP)
        return found - pc - 1 if found >= 0 else min(LONGEST_SKIP, end - pc - 1)

    def decode(self, pc: int) -> Instruction:
        """The instruction at an address, whatever lies there; decoded once."""
        found = self._decoded.get(pc)
        if found is None:
            found = self._decode(pc)
            if 0 <= pc < len(self._parts.code):
                self._decoded[pc] = found
        return found

    def _decode(self, pc: int) -> Instruction:
        code = self._parts.code
        if not 0 <= pc < len(code):
            return Instruction(pc, None, (), 1)
        skip = self.skip(pc)
        op = _ROWS[code[pc]] if self._parts.marks[pc] else None
        operands = () if op is None else DECODERS[op.layout](self._padded, pc, skip)
        return Instruction(pc, op, operands, skip + 1)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Addresses at which the bitmask says an instruction begins, in order."""
        return tuple(compress(range(len(self.code)), self._parts.marks))

    @cached_property
    def block_starts(self) -> frozenset[int]:
        """The addresses that jumps can land on. Section 9."""
        code, marks = self.code, self._parts.marks
        ends = compress(self.starts, compress(code.translate(_ENDING), marks))
        behind = [pc + 1 + self.skip(pc) for pc in ends]
        size = len(code)
        return frozenset(pc for pc in (0, *behind) if pc < size and marks[pc] and _DEFINED[code[pc]])

    # The listing

    @cached_property
    def source(self) -> tuple[str, ...]:
        """Lines of the source text without their ends; empty for bytecode."""
        return tuple(split_lines(self._text)) if self._sourcemap is not None else ()

    @property
    def instructions(self) -> int:
        """Number of lines of the listing."""
        return len(self._lines)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        from vm.pvm.listing import lines  # a run alone needs no texts

        return tuple(lines(self))

    def lines(self) -> Sequence[Line]:
        """Every instruction in address order, and what lies between."""
        return self._lines

    def container(self) -> bytes:
        """The program as a file, in the form it was loaded from; what was assembled is a standard program."""
        packed = self._parts.pack()
        return packed if self._memory is None else self._memory.pack(packed)

    def line_of(self, pc: int) -> int | None:
        """The source line, from 1, of the instruction at or around `pc`; None without source or outside."""
        return self._sourcemap.line_of(pc) if self._sourcemap is not None else None

    def pcs_of(self, line: int) -> tuple[int, ...]:
        """Addresses of the instructions of a source line; empty without source or for lines that emit nothing."""
        return self._sourcemap.pcs_of(line) if self._sourcemap is not None else ()

    def __repr__(self) -> str:
        return f"Program({self._name!r}, {len(self.code)} octets)"
