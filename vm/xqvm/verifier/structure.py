"""Phase 1: decoding, loop nesting and jump targets, by one linear scan. Section 12.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from vm.codec import Instruction, scan
from vm.isa import Flow, Op
from vm.values import dataclass
from vm.xqvm.isa import ISA
from vm.xqvm.verifier.finding import Finding, at

_JUMPS = (Flow.JUMP, Flow.BRANCH)
_INSIDE = "NoActiveLoop"


class Step(NamedTuple):
    """An instruction that is known to decode."""

    pos: int
    op: Op
    operands: tuple[int, ...]

    @property
    def end(self) -> int:
        """Offset of the instruction behind it."""
        return self.pos + self.op.size


@dataclass(frozen=True, slots=True)
class Structure:
    """A stream that decodes, with its targets and the pairs of its loops."""

    size: int
    """Length of the stream, in bytes."""
    steps: tuple[Step, ...]
    targets: tuple[int, ...]
    """Offsets of the targets, by number."""
    after: Mapping[int, int]
    """From the offset of an opener to the offset behind its NEXT."""
    body: Mapping[int, int]
    """From the offset of a NEXT to the offset behind its opener."""


@dataclass(slots=True)
class _Nesting:
    """The loops met by the scan so far."""

    open: list[Step] = field(default_factory=list)
    after: dict[int, int] = field(default_factory=dict)
    body: dict[int, int] = field(default_factory=dict)

    def follow(self, step: Step) -> Finding | None:
        """Take one more instruction into account."""
        if _INSIDE in step.op.faults and not self.open:
            return _outside(step)
        if step.op.flow is Flow.LOOP_OPEN:
            self.open.append(step)
        elif step.op.flow is Flow.LOOP_CLOSE:
            opener = self.open.pop()
            self.after[opener.pos] = step.end
            self.body[step.pos] = opener.end
        return None


def read_structure(code: bytes) -> tuple[Structure, tuple[Finding, ...]]:
    """Scan the stream; the structure is complete only if there are no findings.

    The scan ends at bytes that do not decode, for nothing behind them is certain.
    """
    nesting, steps, findings = _Nesting(), list[Step](), list[Finding]()
    decodes = True
    for instruction in scan(ISA, code):
        if instruction.op is None:
            findings.append(_undecodable(code, instruction))
            decodes = False
            break
        step = Step(instruction.pos, instruction.op, instruction.operands)
        steps.append(step)
        if (finding := nesting.follow(step)) is not None:
            findings.append(finding)
    targets = tuple(step.pos for step in steps if step.op.flow is Flow.TARGET)
    if decodes:
        findings += _unmatched(nesting.open)
        findings += _astray(steps, len(targets))
    return Structure(len(code), tuple(steps), targets, nesting.after, nesting.body), tuple(findings)


def _undecodable(code: bytes, instruction: Instruction) -> Finding:
    pos = instruction.pos
    if instruction.truncated:
        op = ISA.by_code[code[pos]]
        return Finding(
            "TruncatedInstruction", f"truncated instruction at byte {at(pos)}", pos,
            f"{op.name} takes {op.size} bytes, {len(code) - pos} are left",
        )  # fmt: skip
    return Finding(
        "BadOpcode", f"unknown opcode 0x{code[pos]:02x} at byte {at(pos)}", pos,
        "nothing behind this byte was checked",
    )  # fmt: skip


def _outside(step: Step) -> Finding:
    return Finding(
        _INSIDE, f"loop instruction at byte {at(step.pos)} executed outside any active loop", step.pos,
        f"{step.op.name} must stand between RANGE or ITER and the NEXT that ends it",
    )  # fmt: skip


def _unmatched(openers: list[Step]) -> list[Finding]:
    """One finding for all loops left open, at the outermost, as the release reports it."""
    if not openers:
        return []
    pos, count = openers[0].pos, len(openers)
    inner = ", ".join(at(opener.pos) for opener in openers[1:6]) + (", …" if count > 6 else "")
    return [
        Finding(
            "UnmatchedLoop",
            f"unmatched loop: RANGE/ITER at byte {at(pos)} has no corresponding NEXT "
            f"({count} loop(s) still open at end of program)",
            pos,
            f"also open: {inner}" if inner else "end the loop with NEXT",
        )
    ]


def _astray(steps: list[Step], count: int) -> list[Finding]:
    """Jumps to targets that do not exist."""
    known = f"targets 0 to {count - 1} exist, in the order of the TARGETs" if count else "there is no TARGET at all"
    return [
        Finding(
            "UndefinedJumpTarget",
            f"jump at byte {at(step.pos)} references undefined target label {step.operands[0]} "
            f"(program has {count} targets)",
            step.pos,
            known,
        )
        for step in steps
        if step.op.flow in _JUMPS and step.operands[0] >= count
    ]
