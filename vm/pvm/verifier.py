"""What cannot be meant in a program, found without running it. Sections 6 and 9."""

from __future__ import annotations

from collections.abc import Iterator

from vm.diagnostics import Diagnostic
from vm.isa import Flow
from vm.pvm.listing import target_of
from vm.pvm.program import Instruction, Program

MOST_FINDINGS = 1_000
_ACCUMULATE = 5
"""Where a JAM service is entered besides 0. Section 13."""
_FIXED = {"RX": 9, "RR": 1, "RRR": 2}
"""Octets of operands that are read whatever the bitmask says, by class of encoding."""
_REGISTER_OCTETS = {"RI": 1, "RII": 1, "RIO": 1, "RRI": 1, "RRO": 1, "RRII": 2, "II": 1}


def verify(program: Program) -> tuple[Diagnostic, ...]:
    """Findings in the order of addresses, at most a thousand; one of kind MORE tells of the others."""
    reached = _reached(program)
    found = [*_entries(program), *_instructions(program, reached), *_unreached(program, reached)]
    found.sort(key=lambda finding: -1 if finding.offset is None else finding.offset)
    if len(found) > MOST_FINDINGS:
        more = Diagnostic(f"{len(found) - MOST_FINDINGS:,} more findings not shown", "MORE")
        return (*found[:MOST_FINDINGS], more)
    return tuple(found)


def _reached(program: Program) -> set[int]:
    """Addresses control can get to; the end of the code is one if it can fall off there."""
    landings = program.block_starts
    waiting = [program.entry, *program.exports.values()]
    waiting += [_ACCUMULATE] if _ACCUMULATE in landings and not program.labels else []
    by_table = [entry for entry in program.jump_table if entry in landings]
    reached: set[int] = set()
    while waiting:
        pc = waiting.pop()
        if pc in reached:
            continue
        reached.add(pc)
        instruction = program.decode(pc)
        op, target = instruction.op, target_of(instruction)
        if op is None:
            continue
        if op.flow is Flow.JUMP and target is None:
            waiting += by_table
            by_table = []
        if target in landings and target is not None:
            waiting.append(target)
        if op.flow not in (Flow.JUMP, Flow.HALT):
            waiting.append(instruction.next_pc)
    return reached


def _entries(program: Program) -> Iterator[Diagnostic]:
    for number, entry in enumerate(program.jump_table):
        if entry not in program.block_starts:
            message = f"entry {number} of the jump table, for the address {2 * number + 2}, is {entry:#x}, where no "
            hint = "a jump by it panics"
            yield Diagnostic(f"{message}basic block begins", "BadEntry", hint=hint)


def _instructions(program: Program, reached: set[int]) -> Iterator[Diagnostic]:
    """What is wrong with instructions that control gets to."""
    size = len(program.code)
    for pc in sorted(reached):
        instruction = program.decode(pc)
        op = instruction.op
        if op is None:
            yield _no_instruction(program, pc)
            continue
        target = target_of(instruction)
        if target is not None and target not in program.block_starts:
            what = "panics" if op.flow is Flow.JUMP else "panics if it jumps"
            hint = "jumps land at 0 and behind instructions that end a block; put a fallthrough before the target"
            yield _at(program, pc, "BadTarget", f"no basic block begins at {target:#x}: {op.name} {what}", hint)
        if (end := pc + 1 + _octets_read(program, instruction)) > instruction.next_pc:
            behind = "the end of the code, as zeros" if end > size else "into what follows it"
            message = f"{op.name} reads its operands beyond {behind}" if end > size else f"{op.name} reads {behind}"
            yield _at(program, pc, "ShortOperands", message, "the bitmask leaves it fewer octets than it takes")


def _no_instruction(program: Program, pc: int) -> Diagnostic:
    if pc >= len(program.code):
        message = "control runs off the end of the code, where a trap is"
        last = program.starts[-1] if program.starts else 0
        return _at(program, last, "FallsOff", message, "end with ret, trap or a jump")
    if not program.marks[pc]:
        return _at(program, pc, "NoInstruction", "no instruction begins here by the bitmask: a trap", "")
    return _at(program, pc, "UndefinedOpcode", f"opcode {program.code[pc]} is none: a trap", "")


def _octets_read(program: Program, instruction: Instruction) -> int:
    """Octets behind the opcode that are read whatever the bitmask says."""
    op = instruction.op
    if op is None:
        return 0
    if op.layout in _FIXED:
        return _FIXED[op.layout]
    least = _REGISTER_OCTETS.get(op.layout, 0)
    if op.layout in ("II", "RII", "RIO", "RRII"):
        least += _first_immediate(program, instruction)
    return least


def _first_immediate(program: Program, instruction: Instruction) -> int:
    layout, code = "" if instruction.op is None else instruction.op.layout, program.code
    at = instruction.pc + (2 if layout == "RRII" else 1)
    octet = code[at] if at < len(code) else 0
    return min(4, (octet >> 4 if layout in ("RII", "RIO") else octet) & 7)


def _unreached(program: Program, reached: set[int]) -> Iterator[Diagnostic]:
    """Where stretches begin that control never gets to."""
    before = True
    for pc in program.starts:
        here = pc in reached
        if before and not here:
            hint = "nothing jumps there, and what is before it never goes on to it"
            yield _at(program, pc, "Unreachable", "this is never reached", hint)
        before = here


def _at(program: Program, pc: int, kind: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(message, kind, line=program.line_of(pc), column=1, hint=hint, offset=pc)
