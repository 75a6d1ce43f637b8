"""Assembly of the Machine Dialect to programs (reference, section 14)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from vm.assembler import Findings, shortened, suggest
from vm.diagnostics import Diagnostic
from vm.isa import Op
from vm.mdvm import operands
from vm.mdvm.container import Constant, Container
from vm.mdvm.directives import DIRECTIVES, Settings, directive
from vm.mdvm.encoding import encode
from vm.mdvm.isa import ISA
from vm.mdvm.lexing import LABEL, Kind, Lexeme, lexemes
from vm.mdvm.program import Program
from vm.sourcemap import SourceMap
from vm.values import dataclass

_SYNTAX, _LABELS = range(2)
_MOST_CONSTANTS = 1 << 16
_J_LEAST, _J_MOST = -(1 << 31), (1 << 31) - 1
_MASK16, _MOST_ENTRY = 0xFFFF, (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a label is named."""

    name: str
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Offset:
    """A jump by so many instructions from the next one."""

    value: int


@dataclass(frozen=True, slots=True)
class Absolute:
    """A jump to an index."""

    value: int


Part = int | Constant | Use | Offset | Absolute
"""An operand, as far as it is known before all lines are read."""


@dataclass(frozen=True, slots=True)
class Item:
    """An instruction, or bytes in its place."""

    line: int
    start: int
    op: Op | None
    parts: Sequence[Part]
    raw: bytes = b""


class OperandError(Exception):
    """An operand that is none; says where, what and what to write."""

    def __init__(self, at: Lexeme | None, message: str, hint: str = "", kind: str = "OPERAND") -> None:
        super().__init__(message)
        self.at, self.message, self.hint, self.kind = at, message, hint, kind


def assemble(text: str, name: str = "") -> Program:
    """Assemble a source; ProgramError carries every finding, the first one first."""
    assembly = Assembly()
    for number, line in enumerate(text.split("\n"), 1):
        assembly.line(number, line)
    return assembly.finish(text, name)


class Assembly:
    """The state of one assembly."""

    def __init__(self) -> None:
        self.findings = Findings(2)
        self.settings = Settings()
        self._items: list[Item] = []
        self._labels: dict[str, tuple[int, int]] = {}
        """Indices and lines by name."""

    # Lines

    def line(self, number: int, line: str) -> None:
        """Assemble one line; `number` counts from 1."""
        words = [word for word in lexemes(line) if word.kind is not Kind.COMMENT]
        while len(words) > 1 and words[1].text == ":" and words[0].kind is Kind.WORD:
            self._define(number, words[0])
            words = words[2:]
        if not words:
            return
        try:
            if words[0].kind is Kind.DIRECTIVE:
                directive(self, number, words)
            else:
                self._statement(number, words)
        except OperandError as error:
            end = Lexeme(Kind.OTHER, words[-1].end, " ")
            self.report(number, error.at or end, error.kind, error.message, error.hint)

    def report(self, number: int, at: Lexeme, kind: str, message: str, hint: str = "") -> None:
        """Note a finding."""
        if self.findings.wants(_SYNTAX):
            width = max(1, len(at.text))
            self.findings.add(_SYNTAX, Diagnostic(message, kind, number, at.start + 1, width, hint))
        else:
            self.findings.skip()

    def octets(self, number: int, start: int, octets: bytes) -> None:
        """Put bytes in the place of an instruction."""
        self._items.append(Item(number, start, None, (), octets))

    def _define(self, number: int, name: Lexeme) -> None:
        known = self._labels.get(name.text)
        if known is not None:
            hint = f"it was defined in line {known[1]}; a label marks one place"
            self.report(number, name, "DUPLICATE_LABEL", f"label {shortened(name.text)} is defined again", hint)
            return
        self._labels[name.text] = (len(self._items), number)

    def _statement(self, number: int, words: Sequence[Lexeme]) -> None:
        first = words[0]
        op = ISA.by_name.get(first.text) if first.kind is Kind.WORD else None
        if op is None:
            raise OperandError(first, *_no_statement(first, words))
        given = operands.split(words[1:])
        self._items.append(Item(number, first.start, op, operands.read(number, op, given, first)))

    # What can only be said at the end

    def finish(self, text: str, name: str) -> Program:
        """The program; ProgramError if anything was found wrong."""
        pool = list(self.settings.constants)
        known: dict[Constant, int] = {}
        for k, entry in enumerate(pool):
            known.setdefault(entry, k)
        code = [self._encoded(pc, item, pool, known) for pc, item in enumerate(self._items)]
        functions = tuple((each, self._entry(entry)) for each, entry in self.settings.functions)
        if len(pool) > _MOST_CONSTANTS:
            self._late(self._items[-1], f"there are {len(pool):,} constants, and code can name {_MOST_CONSTANTS:,}", "")
        error = self.findings.error()
        if error is not None:
            raise error
        settings = self.settings
        parts = Container(
            settings.name, settings.version, settings.flags, tuple(pool), functions, tuple(code),
            tuple(settings.globals), settings.offsets(), tuple(settings.fills),
        )  # fmt: skip
        lines = array("I", (item.line for item in self._items))
        sourcemap = SourceMap(array("I", [1]) * len(lines), lines)
        labels = {label: pc for label, (pc, _) in self._labels.items()}
        return Program(parts, name, labels=labels, text=text, sourcemap=sourcemap)

    def _encoded(self, pc: int, item: Item, pool: list[Constant], known: dict[Constant, int]) -> bytes:
        if item.op is None:
            return item.raw
        found: list[int] = []
        for part in item.parts:
            if isinstance(part, Constant):
                if part not in known:
                    known[part] = len(pool)
                    pool.append(part)
                found.append(min(known[part], _MASK16))
            else:
                found.append(self._resolved(pc, item, part))
        try:
            return encode(item.op, found)
        except OverflowError:
            self._late(item, f"an operand of {item.op.name} does not fit", "")
            return b""

    def _resolved(self, pc: int, item: Item, part: Part) -> int:
        """An operand as a number: a jump as its offset, a label of a phi as its lower 16 bits."""
        match part:
            case Use():
                target = self._index_of(part)
                if item.op is not None and item.op.layout == "phi":
                    return target & _MASK16
                return target - pc - 1
            case Absolute(value):
                if not _J_LEAST <= value - pc - 1 <= _J_MOST:
                    self._late(item, f"@{value} is too far away", "offsets have 32 bits")
                    return 0
                return value - pc - 1
            case Offset(value):
                return value
            case int():
                return part
        raise TypeError(part)

    def _entry(self, entry: int | Use) -> int:
        return self._index_of(entry) if isinstance(entry, Use) else entry

    def _index_of(self, use: Use) -> int:
        found = self._labels.get(use.name)
        if found is not None:
            return found[0]
        near = suggest(use.name, self._labels)
        hint = f"did you mean {near}?" if near else f"a label is defined by a colon behind it: {shortened(use.name)}:"
        message = f"there is no label {shortened(use.name)}"
        width = max(1, len(use.name))
        self.findings.add(_LABELS, Diagnostic(message, "UNKNOWN_LABEL", use.line, use.start + 1, width, hint))
        return 0

    def _late(self, item: Item, message: str, hint: str) -> None:
        width = len(item.op.name) if item.op else 1
        self.findings.add(_LABELS, Diagnostic(message, "VALUE_RANGE", item.line, item.start + 1, width, hint))


_ALIASES = {
    "mov": "move", "ld": "load_const", "load": "load_const", "const": "load_const", "li": "load_const",
    "jmp": "jump", "goto": "jump", "br": "jump", "jz": "jump_if_not", "jnz": "jump_if", "ret": "return",
    "le": "lte", "ge": "gte", "ne": "neq", "cmp": "eq, lt or lte", "exit": "halt", "stop": "halt", "say": "print",
    "len": "str_len, array_len or dict_len", "push": "array_set; arrays never grow", "rem": "mod", "cat": "concat",
}  # fmt: skip


def _no_statement(first: Lexeme, words: Sequence[Lexeme]) -> tuple[str, str, str]:
    """What to say of a line that begins with no instruction."""
    text, quoted = first.text, shortened(first.text)
    if first.kind is not Kind.WORD:
        hint = "a line is such as  loop:  add r0, r1, r2  ; a comment"
        if text == "\ufeff":
            hint = "save the file as UTF-8 without a byte order mark"
        elif text in ("#", "/"):
            hint = "a comment begins with ;"
        return f"no instruction begins with '{quoted}'", hint, "PARSE"
    if text.lower() in ISA.by_name:
        hint = f"instructions are written small: {text.lower()}"
    elif text.lower() in _ALIASES:
        hint = f"it is called {_ALIASES[text.lower()]}"
    elif text in DIRECTIVES:
        hint = f"directives begin with a dot: .{text}"
    elif near := suggest(text.lower(), ISA.by_name):
        hint = f"did you mean {near}?"
    elif len(words) == 1 and LABEL.fullmatch(text):
        hint = f"a label is defined by a colon behind it: {quoted}:"
    else:
        hint = "xqdbg help lists the instructions"
    return f"there is no instruction '{quoted}'", hint, "UNKNOWN_MNEMONIC"
