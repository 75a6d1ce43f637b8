"""A program, loaded: what its file says, decoded, and where it came from. Sections 4 and 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.isa import Op
from vm.mdvm.container import Container, read
from vm.mdvm.encoding import PHI, Raw, decode
from vm.mdvm.isa import EXTENSIONS, ISA
from vm.sourcemap import SourceMap, split_lines
from vm.values import dataclass

if TYPE_CHECKING:
    from vm.contract import Line

MAIN = "main"
"""The function at which every run begins, if there is one of that name. Section 8."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One decoded instruction."""

    pc: int
    """Its index."""
    op: Op | None
    """None for raw bytes that are not one instruction."""
    operands: tuple[int, ...]
    """In the order of the text, as `encoding.decode` gives them."""
    raw: Raw

    @property
    def name(self) -> str:
        """The mnemonic; empty for raw bytes."""
        return self.op.name if self.op is not None else ""

    @property
    def target(self) -> int | None:
        """Where a jump leads, whether there is something or not; None for what has no target in it."""
        if self.op is None or not self.op.layout.endswith("J"):
            return None
        return self.pc + 1 + self.operands[-1]


class Program:
    """A program with its name, and its source if it was assembled here. Never changes.

    What is derived from the code is made when it is first asked for, and kept.
    """

    def __init__(
        self,
        container: Container,
        name: str = "",
        *,
        labels: Mapping[str, int] = MappingProxyType({}),
        text: str = "",
        sourcemap: SourceMap | None = None,
    ) -> None:
        self.parts = container
        self._name = name
        self._labels = MappingProxyType(dict(labels))
        self._text = text
        self._sourcemap = sourcemap
        self.written: tuple[str, ...] = ()
        """Lines of the text in another language it was compiled from, if that is at hand."""
        self._written_in: tuple[int | None, ...] = ()
        self.library: object = None
        """What an engine has compiled of it."""

    @classmethod
    def load(cls, data: bytes, name: str = "") -> Program:
        """Read a `.mdbc` file as the released loader does; ProgramError if that refuses it."""
        return cls(read(bytes(data)), name)

    def written_as(self, text: Sequence[str], lines: Sequence[int | None]) -> Program:
        """The same program with the text it was compiled from, and the line from 1 of each instruction."""
        found = Program(self.parts, self._name, labels=self._labels)
        found.written, found._written_in = tuple(text), tuple(lines)
        return found

    @property
    def name(self) -> str:
        return self._name

    @property
    def labels(self) -> Mapping[str, int]:
        """Indices by the names the source has for them; empty for what was loaded."""
        return self._labels

    @cached_property
    def code(self) -> tuple[Instruction, ...]:
        """Every instruction in order."""
        known: dict[Raw, tuple[Op, tuple[int, ...]] | None] = {}
        found = []
        for pc, raw in enumerate(self.parts.code):
            if raw not in known:
                known[raw] = decode(raw)
            op, operands = known[raw] or (None, ())
            found.append(Instruction(pc, op, operands, raw))
        return tuple(found)

    @cached_property
    def makes_arrays(self) -> bool:
        """Whether any instruction makes an array that is not one of the keys or values of a dict."""
        return any(raw[0] == ISA.by_name["new_array"].code for raw in self.parts.code)

    @cached_property
    def constants(self) -> tuple[object, ...]:
        """The values of the pool."""
        return tuple(each.value for each in self.parts.constants)

    @cached_property
    def functions(self) -> Mapping[str, int]:
        """Entries by name; of a name that is there twice the last one."""
        return MappingProxyType(dict(self.parts.functions))

    @cached_property
    def by_entry(self) -> Mapping[int, str]:
        """Names of functions by entry."""
        found: dict[int, str] = {}
        for name, entry in self.functions.items():
            found.setdefault(entry, name)
        return MappingProxyType(found)

    @property
    def entry(self) -> int:
        """Where a run begins."""
        return self.functions.get(MAIN, 0)

    @cached_property
    def landings(self) -> frozenset[int]:
        """Where control can come from elsewhere than straight before."""
        goals = {each.target for each in self.code if each.target is not None}
        return frozenset({*goals, *self.functions.values(), self.entry})

    @cached_property
    def extended(self) -> tuple[int, ...]:
        """Indices of the instructions that the released machine does not load: extensions, and what is none."""
        return tuple(each.pc for each in self.code if each.op is None or each.op.code in EXTENSIONS)

    @cached_property
    def remembers(self) -> bool:
        """Whether anything looks at where the last taken jump stands."""
        return any(raw[0] == PHI for raw in self.parts.code)

    @cached_property
    def source(self) -> tuple[str, ...]:
        """Lines of the assembly text without their ends; empty for bytecode."""
        return tuple(split_lines(self._text)) if self._sourcemap is not None else ()

    @property
    def instructions(self) -> int:
        """Number of lines of the listing."""
        return len(self.parts.code)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        from vm.mdvm.listing import lines  # a run alone needs no texts

        return tuple(lines(self))

    def lines(self) -> Sequence[Line]:
        """Every instruction in order."""
        return self._lines

    def container(self) -> bytes:
        """The program as a file, the same that was loaded."""
        return self.parts.pack()

    def line_of(self, pc: int) -> int | None:
        """The source line, from 1, of an instruction; None without source or outside."""
        if self._written_in:
            return self._written_in[pc] if 0 <= pc < len(self._written_in) else None
        return self._sourcemap.line_of(pc) if self._sourcemap is not None else None

    def pcs_of(self, line: int) -> tuple[int, ...]:
        """Indices of the instructions of a source line; empty without source or for lines that emit nothing."""
        if self._written_in:
            return tuple(pc for pc, each in enumerate(self._written_in) if each == line)
        return self._sourcemap.pcs_of(line) if self._sourcemap is not None else ()

    def __repr__(self) -> str:
        return f"Program({self._name!r}, {self.instructions} instructions)"
