"""A whole program as a text that assembles to the same file (reference, section 14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vm.mdvm.directives import SECTION_WORDS
from vm.mdvm.encoding import encode
from vm.mdvm.listing import labels, remark
from vm.mdvm.notation import constant_text, spelled, string_text
from vm.mdvm.program import Instruction, Program

_MNEMONIC = 13
_OCTETS_A_LINE = 24


def disassemble(program: Program) -> str:
    """The text, each line ended by a line feed."""
    named = labels(program)
    head = list(_head(program, named))
    body = list(_body(program, named))
    return "".join(f"{line}\n" for line in (*head, *([""] if body else []), *body))


def _head(program: Program, named: Mapping[int, str]) -> Iterator[str]:
    parts = program.parts
    yield f".module {string_text(parts.name)}"
    if parts.version != 1:
        yield f".version {parts.version}"
    if parts.flags != 1:
        yield f".flags {parts.flags}"
    for k, entry in enumerate(parts.constants):
        value = "" if entry.kind == "empty" else f" {constant_text(entry)}"
        yield f".const k{k} {entry.kind}{value}"
    for name, begin in parts.functions:
        yield f".func {string_text(name)} {named.get(begin, f'@{begin}')}"
    yield from (f".global {string_text(name)}" for name in parts.globals)
    if parts.offsets is not None:
        for word, number in SECTION_WORDS.items():
            yield f".section {word} {parts.offsets[number]:#x}"
    for offset, octets in parts.fills:
        for at in range(0, len(octets), _OCTETS_A_LINE):
            line = ", ".join(map(str, octets[at : at + _OCTETS_A_LINE]))
            yield f".fill {offset + at:#x}, {line}"


def _body(program: Program, named: Mapping[int, str]) -> Iterator[str]:
    every: dict[int, list[str]] = {}
    for name, pc in program.labels.items():
        every.setdefault(pc, []).append(name)
    for pc, name in named.items():
        if name not in program.labels:
            every.setdefault(pc, []).append(name)
    for each in program.code:
        yield from (f"{name}:" for name in every.get(each.pc, ()))
        yield f"    {_statement(program, each, named)}"
    yield from (f"{name}:" for name in every.get(program.instructions, ()))


def _statement(program: Program, each: Instruction, named: Mapping[int, str]) -> str:
    """An instruction as it is written, or as bytes where that would not give the same ones."""
    if each.op is None:
        return f".byte {', '.join(map(str, each.raw))}"
    words = ", ".join(spelled(each, named))
    text = f"{each.op.name:<{_MNEMONIC}} {words}".rstrip()
    if encode(each.op, each.operands) != each.raw:
        return f".byte {', '.join(map(str, each.raw))}  ; {text}"
    return text + remark(program, each)
