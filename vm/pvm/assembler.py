"""PVM assembly to programs. Section 15."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise

from vm.assembler import Findings, shortened, suggest
from vm.diagnostics import Diagnostic
from vm.isa import Op
from vm.pvm import lexing
from vm.pvm.blob import Blob, least_entry_size
from vm.pvm.directives import Settings, check_settings, directive
from vm.pvm.isa import BLOCK_ENDS, ISA
from vm.pvm.layout import Item, Jump, TooFarError, addresses, code_of
from vm.pvm.lexing import COMMENT, Kind, Lexeme
from vm.pvm.notation import REGISTER_NUMBERS, Style
from vm.pvm.operands import ENCODERS, is_immediate
from vm.pvm.patterns import PATTERNS, Pattern, shape
from vm.pvm.program import Preset, Program
from vm.pvm.wording import complain
from vm.sourcemap import SourceMap, split_lines

_MASK64 = (1 << 64) - 1
_LOAD_LONG = ISA.by_name["load_imm_64"]
_FALLTHROUGH = bytes((ISA.by_name["fallthrough"].code,))
_SYNTAX, _LABELS = range(2)


class _Label:
    """A name of a place."""

    __slots__ = ("exported", "item", "line", "target")

    def __init__(self, item: int, target: int, line: int, exported: bool) -> None:
        self.item = item
        """Number of the item it stands before."""
        self.target = target
        """Number of the item that jumps to it land on: the beginning of its block."""
        self.line = line
        self.exported = exported


class _Use:
    """A place where a label is named."""

    __slots__ = ("line", "name", "start", "width")

    def __init__(self, name: str, line: int, start: int, width: int) -> None:
        self.name, self.line, self.start, self.width = name, line, start, width


def assemble(text: str, name: str = "") -> Program:
    """Assemble a source; ProgramError carries every finding, the first one first."""
    assembly = Assembly()
    for number, line in enumerate(split_lines(text), 1):
        assembly.line(number, line)
    return assembly.finish(text, name)


class Assembly:
    """The state of one assembly."""

    def __init__(self) -> None:
        self.findings = Findings(2)
        self.settings = Settings()
        self._items: list[Item] = []
        self._origins = array("I")
        self._unmarked: set[int] = set()
        """Items at which no instruction begins."""
        self._block = 0
        """Number of the item at which the block begun last begins."""
        self._ended = True
        """Whether the last item ended its block."""
        self._labels: dict[str, _Label] = {}
        self._jumps: list[tuple[int, Op, list[int], _Use]] = []
        """Numbers of the items that jump to labels, what they are, and the labels."""
        self._entries: list[int | _Use] = []
        """The jump table: addresses and labels."""

    # Lines

    def line(self, number: int, line: str) -> None:
        """Assemble one line; `number` counts from 1."""
        body = line.strip(" \t\r")
        if not body or body.startswith(COMMENT):
            return
        start = line.index(body[0])
        if body[0] == "%" or body.startswith(("pre:", "post:", "step:")):
            directive(self, number, line, start)
        elif body[0] == "@" or body.startswith("pub "):
            self._label_line(number, line, start)
        elif body.startswith("invalid "):
            directive(self, number, line, start)
        else:
            self._statement(number, line, lexing.lexemes(line, start))

    def octets(self, number: int, octets: bytes, *, marked: bool) -> None:
        """Put octets into the code as they are; `marked` if an instruction begins at the first of them."""
        if not marked:
            self._unmarked.add(len(self._items))
        self._emit(octets, number, ends=marked and octets[0] in BLOCK_ENDS)

    def entry(self, number: int, start: int, text: str) -> None:
        """Append an entry to the jump table: a label or an address."""
        if text.startswith("@"):
            self._entries.append(_Use(text, number, start, len(text)))
        elif (value := lexing.number(text)) is None or value < 0:
            self.report(number, start, len(text), "VALUE_RANGE", f"'{shortened(text)}' is no address and no label", "")
        else:
            self._entries.append(value)

    def report(self, number: int, start: int, width: int, kind: str, message: str, hint: str) -> None:
        """Note a finding."""
        self.findings.add(_SYNTAX, Diagnostic(message, kind, number, start + 1, max(1, width), hint))

    # Labels

    def _label_line(self, number: int, line: str, start: int) -> None:
        words = lexing.lexemes(line, start)
        exported = words[0].text == "pub"
        named = words[exported:]
        if not named or named[0].kind is not Kind.LABEL or len(named[0].text) < 2:
            at = named[0] if named else words[0]
            self.report(number, at.start, len(at.text), "PARSE", "expected a label behind pub", "pub @main:")
        elif len(named) < 2 or named[1].text != ":":
            quoted = shortened(named[0].text)
            hint = f"a label is defined by a colon behind it: {quoted}:"
            self.report(number, named[0].start, len(named[0].text), "PARSE", f"label {quoted} without a colon", hint)
        elif rest := line[named[1].end :].strip(" \t\r"):
            if rest != "%no_fallthrough":
                hint = "a statement stands on a line of its own; only %no_fallthrough may stand behind a label"
                message = f"expected the end of the line, found '{shortened(rest)}'"
                self.report(number, line.index(rest, named[1].end), len(rest), "PARSE", message, hint)
            else:
                self._define(number, named[0], exported, falls=False)
        else:
            self._define(number, named[0], exported, falls=True)

    def _define(self, number: int, name: Lexeme, exported: bool, *, falls: bool) -> None:
        if (earlier := self._labels.get(name.text)) is not None:
            hint = f"it was defined in line {earlier.line}; a label marks one place"
            message = f"label {shortened(name.text)} is defined again"
            self.report(number, name.start, len(name.text), "DUPLICATE_LABEL", message, hint)
            return
        if falls and not self._ended:
            self._emit(_FALLTHROUGH, number, ends=True)
        self._labels[name.text] = _Label(len(self._items), self._block, number, exported)

    # Statements

    def _statement(self, number: int, line: str, words: Sequence[Lexeme]) -> None:
        pattern = PATTERNS.get(shape(words))
        if pattern is None:
            if self.findings.wants(_SYNTAX):
                told = complain(line, words)
                self.report(number, told.start, told.width, "PARSE", told.message, told.hint)
            else:
                self.findings.skip()
            return
        operands = [0] * len(pattern.op.operands)
        target: int | _Use | None = None
        named = [word for word in words if word.kind in (Kind.REGISTER, Kind.NUMBER, Kind.LABEL)]
        for word, slot in zip(named, pattern.slots, strict=True):
            if slot.style is Style.TARGET:
                target = self._target(number, word)
                if target is None:
                    return
            else:
                value = self._operand(number, word, slot.style, pattern)
                if value is None:
                    return
                if slot.index >= 0:
                    operands[slot.index] = value
        self._instruction(number, words, pattern, operands, target)

    def _instruction(
        self, number: int, words: Sequence[Lexeme], pattern: Pattern, operands: list[int], target: int | _Use | None
    ) -> None:
        op = pattern.op
        if op.name == "load_imm" and not is_immediate(operands[1]):
            op = _LOAD_LONG
        elif op.name == "load_imm_jump_ind" and operands[0] == operands[1] and words[0].text != "tmp":
            hint = f"write tmp = {words[0].text}, {words[0].text} = …, jump [tmp + …], which jumps by the old value"
            self.report(number, words[0].start, len(words[0].text), "PARSE", "the register it jumps by is loaded", hint)
            return
        if target is None:
            encoding = bytes((op.code,)) + ENCODERS[op.layout](operands, 0)
            self._emit(encoding, number, ends=op.code in BLOCK_ENDS)
        elif isinstance(target, _Use):
            self._jumps.append((len(self._items), op, operands, target))
            self._emit(b"", number, ends=True)  # until the labels are known
        else:
            self._emit(Jump(op, operands, target, absolute=True), number, ends=True)

    def _emit(self, item: Item, number: int, *, ends: bool) -> None:
        self._items.append(item)
        self._origins.append(number)
        self._ended = ends
        if ends:
            self._block = len(self._items)

    def _target(self, number: int, word: Lexeme) -> int | _Use | None:
        if word.kind is Kind.NUMBER:
            return self._number(number, word)
        if len(word.text) > 1:
            return _Use(word.text, number, word.start, len(word.text))
        self.report(number, word.start, 1, "PARSE", "expected the name of a label behind @", "as in jump @loop")
        return None

    def _operand(self, number: int, word: Lexeme, style: Style, pattern: Pattern) -> int | None:
        if style is Style.REGISTER:
            return REGISTER_NUMBERS[word.text]
        if style is Style.ENTRY:
            self.entry(number, word.start, word.text)
            return 2 * len(self._entries)
        value = self._number(number, word)
        if value is None:
            return None
        if style is Style.ZERO:
            return self._zero(number, word, value)
        if style is Style.LONG:
            return value & _MASK64
        if style in (Style.WORD, Style.ADDRESS):
            return self._word(number, word, value)
        return self._value(number, word, -value if style is Style.MINUS else value, pattern)

    def _number(self, number: int, word: Lexeme) -> int | None:
        value = lexing.number(word.text)
        if value is not None:
            return value
        hint = "a number is decimal with or without a sign, 0x and hexadecimal digits, or 0b and binary ones"
        if word.text[0] == "-" and word.text[1:3].lower() in ("0x", "0b"):
            hint = "only decimal numbers have a sign"
        elif word.text.lstrip("+-").isdecimal():
            hint = "numbers have 64 bits at most"
        message = f"'{shortened(word.text)}' is no number of at most 64 bits"
        self.report(number, word.start, len(word.text), "VALUE_RANGE", message, hint)
        return None

    def _zero(self, number: int, word: Lexeme, value: int) -> int | None:
        if not value:
            return 0
        hint = "a move depends on whether a register is zero; compare first: a2 = a0 ^ 5, then a1 = 7 if a2 == 0"
        message = f"expected 0, found '{shortened(word.text)}'"
        self.report(number, word.start, len(word.text), "VALUE_RANGE", message, hint)
        return None

    def _word(self, number: int, word: Lexeme, value: int) -> int | None:
        """A number of 32 bits, sign-extended."""
        if -(1 << 31) <= value < 1 << 32:
            return ((value & 0xFFFFFFFF) ^ 1 << 31) - (1 << 31) & _MASK64
        if is_immediate(value & _MASK64):
            return value & _MASK64
        message = f"{shortened(word.text)} does not fit into 32 bits"
        hint = "there can be -2147483648 to 0xffffffff; load what is larger into a register first"
        self.report(number, word.start, len(word.text), "VALUE_RANGE", message, hint)
        return None

    def _value(self, number: int, word: Lexeme, value: int, pattern: Pattern) -> int | None:
        """A number of 64 bits that is the sign extension of its low half, unless it is loaded into a register."""
        if pattern.op.name == "load_imm" or is_immediate(value & _MASK64):
            return value & _MASK64
        message = f"{shortened(word.text)} does not fit: immediates are sign-extended from 32 bits"
        hint = "there can be -2147483648 to 2147483647, or 0xffffffff80000000 and up; load others into a register first"
        self.report(number, word.start, len(word.text), "VALUE_RANGE", message, hint)
        return None

    # The end

    def finish(self, text: str, name: str) -> Program:
        """Resolve the labels and put everything together; ProgramError if anything was found."""
        for item, op, operands, use in self._jumps:
            label = self._resolved(use)
            if label is not None:
                self._items[item] = Jump(op, operands, label.target)
        entries = [entry if isinstance(entry, int) else self._resolved(entry) for entry in self._entries]
        if error := self.findings.error():
            raise error
        placed = addresses(self._items)
        try:
            code = code_of(self._items, placed)
        except TooFarError as far:
            self.report(self._origins[far.item], 0, 1, "VALUE_RANGE", "the target is too far away", "")
            code = b""
        table = tuple(
            entry if isinstance(entry, int) else placed[entry.target] for entry in entries if entry is not None
        )
        check_settings(self, table)
        if error := self.findings.error():
            raise error
        return self._program(code, placed, table, text, name)

    def _resolved(self, use: _Use) -> _Label | None:
        label = self._labels.get(use.name)
        if label is None:
            near = suggest(use.name, self._labels)
            hint = f"did you mean {near}?" if near else f"define it by a line {shortened(use.name)}:"
            message = f"label {shortened(use.name)} is not defined"
            finding = Diagnostic(message, "UNDEFINED_LABEL", use.line, use.start + 1, use.width, hint)
            self.findings.add(_LABELS, finding)
        return label

    def _program(self, code: bytes, placed: array[int], table: tuple[int, ...], text: str, name: str) -> Program:
        marks = bytearray(len(code))
        for number, at in enumerate(placed[:-1]):
            marks[at] = number not in self._unmarked
        entry_size = self.settings.entry_size
        parts = Blob(code, bytes(marks), table, least_entry_size(table) if entry_size is None else entry_size)
        sizes = array("I", (behind - at for at, behind in pairwise(placed)))
        exports = {label: placed[each.item] for label, each in self._labels.items() if each.exported}
        return Program(
            parts,
            name,
            memory=self.settings.memory(),
            entry=exports.get("@main", 0),
            exports=exports,
            labels={label: placed[each.item] for label, each in self._labels.items()},
            preset=Preset(tuple(self.settings.registers.items()), self.settings.gas),
            text=text,
            sourcemap=SourceMap(sizes, self._origins),
        )
