"""XQVM assembly to instruction streams. Section 3.

The released assembler makes three passes and stops at its first error. This one reads each line
once, keeps what it finds by pass, and so reports that same error first and all others after it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from vm.assembler import Findings, shortened
from vm.diagnostics import Diagnostic
from vm.isa import Op, Operand, OperandKind
from vm.sourcemap import SourceMap
from vm.xqvm.isa import ISA
from vm.xqvm.labels import MOST_LABEL, Labels
from vm.xqvm.mnemonics import FORMS, JUMPS, PUSH_WORDS, PUSHES, TARGET, UNTYPABLE, hint_for, usage
from vm.xqvm.program import Program
from vm.xqvm.syntax import LINE, OPERAND, explain

_SYNTAX, _VALUE, _MEANING, _UNDEFINED, _UNUSED = range(5)  # passes of the released assembler, then its last checks

_I64_LEAST, _I64_MOST = -(1 << 63), (1 << 63) - 1
_MOST_OPERANDS = 8  # more than any instruction has; the rest of a longer list is only counted
_BLOCK = 1 << 20
_CACHED_LINES, _CACHED_LENGTH = 1 << 16, 80
_QUICK_OPERANDS = 40
_QUICK_DIGITS = 18

_REGISTERS = {f"r{register}": register for register in range(256)}
_REGISTER_FORMS = {
    op.name: op for op in ISA if op is not TARGET and all(row.kind is OperandKind.REGISTER for row in op.operands)
}
_KINDS = {
    OperandKind.REGISTER: ("a register", "a register (e.g. r0)"),
    OperandKind.TARGET: ("a label", "a label reference (e.g. .0)"),
    OperandKind.IMMEDIATE: ("an integer", "a integer literal"),
}


@dataclass(slots=True)
class _Token:
    """An operand as typed. The value is -1 for a register or label that is out of range and was reported."""

    kind: OperandKind
    value: int
    start: int
    text: str


def assemble(text: str, name: str = "") -> Program:
    """Assemble a source. ProgramError carries every finding; the first is the one the released assembler reports."""
    assembly = _Assembly()
    for number, line in enumerate(_lines(text), 1):
        assembly.line(number, line)
    code, sourcemap = assembly.finish()
    return Program(code, name, text=text, sourcemap=sourcemap)


def _lines(text: str) -> Iterator[str]:
    """The lines, CR included, a block at a time: a list of all of them would outweigh the source many times."""
    start = 0
    while (end := text.find("\n", start + _BLOCK)) >= 0:
        yield from text[start:end].split("\n")
        start = end + 1
    *lines, last = text[start:].split("\n")
    yield from lines
    # A CR belongs to the line end only before LF: doubled, the last one of the source is an error like any other.
    yield last + "\r" if last.endswith("\r") else last


class _Assembly:
    """The state of one assembly."""

    def __init__(self) -> None:
        self._code = bytearray()
        self._sizes = array("B")
        self._origins = array("I")
        self._cache: dict[str, bytes] = {}  # lines that always assemble to the same bytes
        self._findings = Findings(5)
        self._labels = Labels()

    def finish(self) -> tuple[bytes, SourceMap]:
        """Resolve the labels; raises ProgramError if anything was found."""
        self._labels.check(_UNDEFINED, _UNUSED, self._findings)
        if error := self._findings.error():
            raise error
        return self._labels.resolve(self._code, self._sizes), SourceMap(self._sizes, self._origins)

    def line(self, number: int, line: str) -> None:
        """Assemble one line; `number` counts from 1."""
        encoding = self._cache.get(line)
        if encoding is not None:
            if encoding:
                self._emit(encoding, number)
            return
        match = LINE.fullmatch(line)
        if match is None:
            self._report_syntax(number, line)
        elif match[1] is None and (match[2] is None or self._quick(number, match)):
            if len(line) <= _CACHED_LENGTH and len(self._cache) < _CACHED_LINES:
                self._cache[line] = b"" if match[2] is None else bytes(self._code[-self._sizes[-1] :])
        else:
            self._full(number, match)

    def _emit(self, encoding: bytes, number: int) -> None:
        self._code += encoding
        self._sizes.append(len(encoding))
        self._origins.append(number)

    def _quick(self, number: int, match: re.Match[str]) -> bool:
        """Assemble the plainest and most frequent lines, a few times faster than in full; False if this is none."""
        if match.end(3) - match.start(3) > _QUICK_OPERANDS:
            return False
        name = match[2].upper()
        operands = OPERAND.findall(match[3])
        if op := _REGISTER_FORMS.get(name):
            registers = [_REGISTERS.get(operand, -1) for operand in operands]
            if len(registers) != len(op.operands) or -1 in registers:
                return False
            self._emit(bytes((op.code, *registers)), number)
            return True
        if name not in PUSH_WORDS or len(operands) != 1 or len(operands[0]) > _QUICK_DIGITS:
            return False
        text = operands[0]
        if not text.isdecimal() and not (text[0] in "+-" and text[1:].isdecimal()):
            return False
        self._emit(_push(int(text)), number)
        return True

    def _full(self, number: int, match: re.Match[str]) -> None:
        """Assemble a valid line of any kind."""
        if (digits := match[1]) is not None:
            start = match.start(1) - 1
            self._define(number, start, "." + digits, self._label(number, start, digits))
        if match[2] is not None:
            self._instruction(number, match)

    def _instruction(self, number: int, match: re.Match[str]) -> None:
        tokens, count = self._operands(number, match)
        name = match[2].upper()
        operands = FORMS.get(name)
        if operands is None:
            self._report_unknown(number, match, name)
        elif count != len(operands) and (count or name != TARGET.name):
            self._report_count(number, match, name, count)
        elif name in UNTYPABLE:
            self._report_unknown(number, match, name)
        elif not self._fits(number, name, operands, tokens):
            self._labels.doubt(match.string)
        elif name in JUMPS:
            self._jump(number, JUMPS[name][0], tokens[0])
        elif name == TARGET.name and tokens:
            self._define(number, tokens[0].start, tokens[0].text, tokens[0].value)
        else:
            self._emit(_encode(name, tokens), number)

    def _define(self, number: int, start: int, text: str, label: int) -> None:
        """Put a target here and give it a label; -1 stands for a label that was already reported."""
        quoted = shortened(text)
        if label >= 0 and (earlier := self._labels.define(label, number, start, quoted, len(self._code))):
            hint = f"it was defined in line {earlier}; a label marks one place"
            exact = f"label '.{label}' is defined more than once"
            message = f"label {quoted} is defined again"
            self._report(_MEANING, "DUPLICATE_LABEL", number, start, len(text), message, hint, exact)
        self._emit(bytes((TARGET.code,)), number)

    def _jump(self, number: int, narrow: Op, token: _Token) -> None:
        pc, row = len(self._code), len(self._sizes)
        self._labels.use(token.value, number, token.start, shortened(token.text), pc, row)
        self._emit(bytes((narrow.code, 0)), number)

    # --- operands ------------------------------------------------------------------------------------------------

    def _operands(self, number: int, match: re.Match[str]) -> tuple[list[_Token], int]:
        """Read the operands and report values out of range; a long list is cut off, but counted to the end."""
        tokens: list[_Token] = []
        count = 0
        for found in OPERAND.finditer(match.string, match.start(3), match.end(3)):
            count += 1
            text, start = found[0], found.start()
            if text[0] == "r":
                token = _Token(OperandKind.REGISTER, self._register(number, start, text), start, text)
            elif text[0] == ".":
                token = _Token(OperandKind.TARGET, self._label(number, start, text[1:]), start, text)
            else:
                token = _Token(OperandKind.IMMEDIATE, self._integer(number, start, text), start, text)
            if count <= _MOST_OPERANDS:
                tokens.append(token)
        return tokens, count

    def _register(self, number: int, start: int, text: str) -> int:
        value = int(text[1:])
        if value <= 255:
            return value
        message, hint = f"there is no register {text}", "the registers are r0 to r255"
        exact = f"register index {value} is out of range [0, 255]"
        self._report(_VALUE, "REGISTER_RANGE", number, start, len(text), message, hint, exact)
        return -1

    def _label(self, number: int, start: int, digits: str) -> int:
        significant = digits.lstrip("0")
        if len(significant) <= 5 and (value := int(significant or "0")) <= MOST_LABEL:
            return value
        message, hint = f"label {shortened('.' + digits)} is out of range", f"labels are .0 to .{MOST_LABEL}"
        exact = f"label index '.{digits}' is not a valid u16"
        self._report(_VALUE, "LABEL_RANGE", number, start, len(digits) + 1, message, hint, exact)
        return -1

    def _integer(self, number: int, start: int, text: str) -> int:
        magnitude = _magnitude(text)
        negative = text[0] == "-"
        if magnitude is None:
            exact = f"invalid integer literal '{text}'"
        elif _I64_LEAST <= (value := -magnitude if negative else magnitude) <= _I64_MOST:
            return value
        else:
            exact = f"integer literal '{text}' {'underflows' if negative else 'overflows'} i64"
        message, hint = f"integer {shortened(text)} is out of range", f"integers are {_I64_LEAST} to {_I64_MOST}"
        self._report(_VALUE, "INTEGER_RANGE", number, start, len(text), message, hint, exact)
        return 0

    def _fits(self, number: int, name: str, operands: tuple[Operand, ...], tokens: list[_Token]) -> bool:
        """Is each operand what the instruction takes? Reports every one that is not, unless that was done."""
        fits = True
        for operand, token in zip(operands, tokens, strict=False):
            if token.kind is not operand.kind:
                ours, theirs = _KINDS[operand.kind]
                exact = f"operand '{operand.name}' of '{name}' must be {theirs}"
                message = f"{name} takes {ours} here, not {shortened(token.text)}"
                hint = f"write {usage(name)}"
            elif token.kind is OperandKind.TARGET and token.value >= 1 << 8 * operand.size:
                exact = f"operand 'label' of '{name}' must be a u8 label reference (id < 256, e.g. .0)"
                message = f"{name} takes target numbers up to 255, not {shortened(token.text)}"
                hint = f"{name[:-1]}2 takes up to {MOST_LABEL}; {name[:-1]} takes labels and picks the size itself"
            else:
                fits = fits and (token.value >= 0 or token.kind is OperandKind.IMMEDIATE)
                continue
            fits = False
            self._report(_MEANING, "OPERAND_TYPE", number, token.start, len(token.text), message, hint, exact)
        return fits

    # --- findings ------------------------------------------------------------------------------------------------

    def _report(
        self, phase: int, kind: str, line: int, start: int, width: int, message: str, hint: str, exact: str
    ) -> None:
        self._findings.add(phase, Diagnostic(message, kind, line, start + 1, width, hint, reference=exact))

    def _report_syntax(self, number: int, line: str) -> None:
        self._labels.doubt(line)
        if not self._findings.wants(_SYNTAX):
            self._findings.skip()
            return
        found = explain(line, number == 1)
        exact = f"parsing error: expected {found.expected}"
        self._report(_SYNTAX, "PARSE", number, found.start, found.width, found.message, found.hint, exact)

    def _report_unknown(self, number: int, match: re.Match[str], name: str) -> None:
        self._labels.doubt(match.string)
        if not self._findings.wants(_MEANING):
            self._findings.skip()
            return
        message = f"{name} cannot be typed" if name in UNTYPABLE else f"unknown mnemonic '{shortened(match[2])}'"
        exact = f"unknown mnemonic `{name}`"
        start, width = match.start(2), len(match[2])
        self._report(_MEANING, "UNKNOWN_MNEMONIC", number, start, width, message, hint_for(name), exact)

    def _report_count(self, number: int, match: re.Match[str], name: str, count: int) -> None:
        self._labels.doubt(match.string)
        wanted = len(FORMS[name])
        exact = f"'{name}' expects {wanted} operand(s), got {count}"
        takes = ("no operands", "one operand")[wanted] if wanted < 2 else f"{wanted} operands"
        message = f"{name} takes {takes}, not {count or 'none'}"
        hint = hint_for(name) if name in UNTYPABLE else f"write {usage(name)}"
        self._report(_MEANING, "OPERAND_COUNT", number, match.start(2), len(match[2]), message, hint, exact)


def _magnitude(text: str) -> int | None:
    """The number without its sign; None if it has more than 64 bits. Bounded work for any number of digits."""
    digits = text.lstrip("+-")
    base, most = (16, 16) if digits.startswith("0x") else (10, 20)
    digits = digits.removeprefix("0x").lstrip("0") or "0"
    value = int(digits, base) if len(digits) <= most else 1 << 64
    return value if value < 1 << 64 else None


def _push(value: int) -> bytes:
    """The smallest PUSH of a value. Section 3.4."""
    size = ((value if value >= 0 else ~value).bit_length() + 8) // 8
    return bytes((PUSHES[size - 1].code,)) + value.to_bytes(size, "big", signed=True)


def _encode(name: str, tokens: list[_Token]) -> bytes:
    """An instruction whose operands stand for themselves."""
    if name in PUSH_WORDS:
        return _push(tokens[0].value)
    op = ISA.by_name[name]
    operands = (token.value.to_bytes(row.size, "big") for row, token in zip(op.operands, tokens, strict=True))
    return bytes((op.code,)) + b"".join(operands)
