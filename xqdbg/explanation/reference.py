"""The page of the reference about one instruction, from its row of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.isa import Flow, Op, Operand, OperandKind
from xqdbg.explanation.formula import quantity
from xqdbg.explanation.wording import spelled

_ACCESS = {"r": "read", "w": "written", "rw": "read and written"}
_FLOW = {
    Flow.TARGET: "a place that jumps can land on",
    Flow.JUMP: "goes on elsewhere",
    Flow.BRANCH: "goes on elsewhere, or behind itself",
    Flow.LOOP_OPEN: "opens a loop, or skips it",
    Flow.LOOP_CLOSE: "goes back to the body of its loop, or leaves it",
    Flow.HALT: "ends the program",
}


def reference(op: Op) -> Sequence[str]:
    """Lines of plain text: the instruction and its sentence, then one line a fact, what it is about before it."""
    found = list(facts(op))
    columns = max(len(name) for name, _ in found)
    told = ["", *(name for name, _ in found)]
    lines = (f"  {'' if name == told[at] else name:{columns}}  {text}" for at, (name, text) in enumerate(found))
    return (title(op), *lines)


def title(op: Op) -> str:
    """What it is called, with its operands, and its sentence behind a colon."""
    head = " ".join((op.name, *(operand.name for operand in op.operands)))
    return f"{head}: {op.doc}" if op.doc else head


def facts(op: Op) -> Iterator[tuple[str, str]]:
    """What there is to know besides the sentence, by what it is about; a name comes again where there is more."""
    for operand in op.operands:
        yield operand.name, _operand(operand)
    yield from _stack(op)
    for line in op.formula:
        yield "formula", line
    if op.flow in _FLOW:
        yield "flow", _FLOW[op.flow] + (f"; elsewhere if {op.taken}" if op.taken else "")
    if op.steps != "0" or op.bytes != "0":
        yield "steps", "1" if op.steps == "0" else rule_text(op.steps, 1)
    if op.bytes != "0":
        yield "bytes", rule_text(op.bytes)
    yield from _faults(op)
    yield "encoding", _encoding(op)
    if op.group:
        yield "group", op.group
    if op.section:
        yield "specified in", op.section


def rule_text(rule: str, base: int = 0) -> str:
    """What the table says of a cost, behind what each instruction costs."""
    kind, colon, value = rule.partition(": ")
    words = f"{value} for a {kind}" if colon else rule
    if not base:
        return words
    plain = " if " not in rule and quantity(rule) is not None
    return f"{base} + {words}" if plain else f"{base}, and {words}"


def _operand(operand: Operand) -> str:
    kind = f", holds {operand.accepts}" if operand.accepts and operand.accepts != "any" else ""
    becomes = f", then {operand.becomes}" if operand.becomes and operand.becomes != "any" else ""
    access = f", {_ACCESS[operand.access]}" if operand.access in _ACCESS else ""
    return f"{operand.kind.value}{access}{kind}{becomes}"


def _stack(op: Op) -> Iterator[tuple[str, str]]:
    if op.pops:
        yield "takes", f"{', '.join(op.pops)} from the stack{', top first' if len(op.pops) > 1 else ''}"
    if op.clears_stack:
        yield "takes", "everything from the stack"
    if op.keeps:
        yield "looks at", "the top of the stack" if op.keeps == 1 else f"the {op.keeps} values on top of the stack"
    if op.pushes:
        yield "leaves", f"{', '.join(op.pushes)} on the stack"


def _faults(op: Op) -> Iterator[tuple[str, str]]:
    """Conditions in the order of the checks."""
    if not op.conditions:
        if op.faults:
            yield "faults", ", ".join(op.faults)
        return
    for condition in op.conditions:
        yield condition.identity, f"when {spelled(condition.when, {})}"


def _encoding(op: Op) -> str:
    if op.layout:
        return f"{op.code:02x}" + (f" and operands of class {op.layout}" if op.operands else "")
    parts = [f"{op.code:02x}", *(f"{operand.name}:{operand.size}" for operand in op.operands)]
    signed = any(operand.kind is OperandKind.IMMEDIATE for operand in op.operands)
    size = f"{op.size} byte{'' if op.size == 1 else 's'}"
    return f"{' '.join(parts)} ({size}{', signed, highest byte first' if signed else ''})"
