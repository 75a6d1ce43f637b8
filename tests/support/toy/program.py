"""Toy programs: assembled from text, with marks that tests can name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.toy.isa import ISA
from vm.contract import Line
from vm.isa import Flow, Op, OperandKind

_MARK = re.compile(r"@(\w+)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, decoded."""

    pc: int
    op: Op
    operands: tuple[int, ...]

    @property
    def next(self) -> int:
        return self.pc + self.op.size


@dataclass(frozen=True, slots=True)
class ToyProgram:
    """A toy program: instructions by address, and the text they came from."""

    instructions: dict[int, Instruction]
    lines: tuple[Line, ...]
    source: tuple[str, ...]
    marks: dict[str, int]

    @property
    def end(self) -> int:
        """The address behind the last instruction."""
        last = self.lines[-1] if self.lines else None
        return 0 if last is None else last.pc + last.size


def marks(text: str) -> dict[str, int]:
    """Addresses of the instructions whose comment says `; @name`."""
    return toy_program(text).marks


def toy_program(text: str) -> ToyProgram:
    """Assemble lines of `OP operands ; @mark`, `.label` lines before their instruction."""
    rows, labels, named = _layout(text)
    instructions: dict[int, Instruction] = {}
    lines = []
    for pc, number, label, words in rows:
        op = ISA.by_name[words[0].upper()]
        operands = tuple(_operand(word, labels) for word in words[1:])
        if len(operands) != len(op.operands):
            raise ValueError(f"line {number}: {op.name} takes {len(op.operands)} operands")
        instructions[pc] = Instruction(pc, op, operands)
        shown = (_text(operand.kind, word) for operand, word in zip(op.operands, words[1:], strict=True))
        reads, writes = _touched(op, operands)
        body = " ".join((op.name, *shown))
        lines.append(Line(pc, op.size, op.name, body, number, label, reads, writes, _encoded(op, operands)))
    return ToyProgram(instructions, tuple(lines), tuple(text.splitlines()), named)


def _encoded(op: Op, operands: tuple[int, ...]) -> bytes:
    parts = zip(op.operands, operands, strict=True)
    return bytes((op.code,)) + b"".join((value % 256**row.size).to_bytes(row.size, "big") for row, value in parts)


def _touched(op: Op, operands: tuple[int, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of what an instruction may read, and of what it may write."""
    registers = [
        (operand.access, f"r{value}")
        for operand, value in zip(op.operands, operands, strict=True)
        if operand.kind is OperandKind.REGISTER
    ]
    reads = {name for access, name in registers if access == "r"}
    writes = {name for access, name in registers if access == "w"}
    writes |= {"PUT": {"grid"}, "OUT": {"out"}}.get(op.name, set())
    if op.name in ("LOOP", "END", "CALL", "RET"):
        writes |= {"loop", "pc"}
        reads |= {"loop"} if op.name in ("END", "RET") else set()
    if op.flow is Flow.BRANCH:
        writes.add("pc")
    return frozenset(reads), frozenset(writes)


def _layout(text: str) -> tuple[list[tuple[int, int, str, list[str]]], dict[str, int], dict[str, int]]:
    """Addresses of everything: rows of (pc, line number, label, words), labels, marks."""
    rows: list[tuple[int, int, str, list[str]]] = []
    labels: dict[str, int] = {}
    named: dict[str, int] = {}
    pc, label = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        code, _, comment = line.partition(";")
        words = code.replace(",", " ").split()
        if not words:
            continue
        if words[0].startswith("."):
            label = words[0]
            labels[label] = pc
            continue
        named.update({match: pc for match in _MARK.findall(comment)})
        rows.append((pc, number, label, words))
        pc, label = pc + ISA.by_name[words[0].upper()].size, ""
    return rows, labels, named


def _operand(word: str, labels: dict[str, int]) -> int:
    if word.startswith("."):
        return labels[word]
    return int(word.removeprefix("r"))


def _text(kind: OperandKind, word: str) -> str:
    return word.lower() if kind is OperandKind.REGISTER else word
