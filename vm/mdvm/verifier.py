"""What cannot be meant in a program, found without running it (reference, sections 6 to 9)."""

from __future__ import annotations

from collections.abc import Iterator

from vm.assembler import shortened
from vm.diagnostics import Diagnostic
from vm.isa import Flow
from vm.mdvm.isa import EXTENSIONS, PASSED
from vm.mdvm.oddities import oddities
from vm.mdvm.program import MAIN, Instruction, Program

MOST_FINDINGS = 1_000
_RETURN, _CALL = "return", "call"
_NAMING = ("load_global", "store_global")


def verify(program: Program) -> tuple[Diagnostic, ...]:
    """Findings in the order of addresses, at most a thousand; one of kind MORE tells of the others."""
    reached = _reached(program, [program.entry, *program.functions.values()])
    found = [*_table(program), *_instructions(program, reached), *_endless(program), *_unreached(program, reached)]
    found += (_at(program, *each) for each in oddities(program, reached))
    found.sort(key=lambda finding: -1 if finding.offset is None else finding.offset)
    if len(found) > MOST_FINDINGS:
        more = Diagnostic(f"{len(found) - MOST_FINDINGS:,} more findings not shown", "MORE")
        return (*found[:MOST_FINDINGS], more)
    return tuple(found)


def _reached(program: Program, entries: list[int]) -> set[int]:
    """Indices control can get to from some places, calls returning; the end is one if it can run off there."""
    end, waiting = program.instructions, list(entries)
    reached: set[int] = set()
    while waiting:
        pc = waiting.pop()
        if pc in reached or not 0 <= pc <= end:
            continue
        reached.add(pc)
        if pc == end:
            continue
        each = program.code[pc]
        if each.op is None:
            continue
        if each.target is not None:
            waiting.append(each.target)
        if each.op.flow is Flow.NEXT or each.op.flow is Flow.BRANCH or each.op.name == _CALL:
            waiting.append(pc + 1)
    return reached


def _table(program: Program) -> Iterator[Diagnostic]:
    """What is wrong with the table of functions."""
    seen: set[str] = set()
    for name, entry in program.parts.functions:
        quoted = shortened(name)
        if entry >= program.instructions:
            hint = "calling it ends the program without a word"
            yield Diagnostic(f"function {quoted} begins at @{entry}, behind the code", "BadEntry", hint=hint)
        if name in seen:
            hint = "the last one is called"
            yield Diagnostic(f"function {quoted} is there twice", "DuplicateFunction", hint=hint)
        seen.add(name)
    labelled = set(program.labels)
    if MAIN in program.functions and program.functions[MAIN] and MAIN not in labelled and not program.source:
        hint = "instruction 0 and what follows is not where the program begins"
        yield Diagnostic("a function called main takes over the program", "MainTakesOver", hint=hint)


def _instructions(program: Program, reached: set[int]) -> Iterator[Diagnostic]:
    """What is wrong with instructions that control gets to."""
    for pc in sorted(reached):
        if pc == program.instructions:
            continue
        each = program.code[pc]
        if each.op is None or each.op.code in EXTENSIONS:
            yield _unloadable(program, each)
        if each.op is None:
            continue
        yield from _constants(program, each)
        target = each.target
        if target is not None and not 0 <= target < program.instructions:
            hint = "the released machine ends there without a word; write halt or return if that is meant"
            yield _at(program, pc, "BadTarget", f"{each.op.name} leads to @{target}, out of the program", hint)
        if each.op.name == _CALL:
            yield from _call(program, each)


def _unloadable(program: Program, each: Instruction) -> Diagnostic:
    if each.op is None:
        return _at(program, each.pc, "NoInstruction", "these bytes are not one instruction", "no machine loads it")
    hint = "it works here; the released machine refuses the whole file"
    return _at(program, each.pc, "Extension", f"{each.op.name} cannot be loaded by the released machine", hint)


def _constants(program: Program, each: Instruction) -> Iterator[Diagnostic]:
    op, constants = each.op, program.constants
    if op is None:
        return
    if op.layout == "assert":
        k = each.operands[2]
    elif "K" in op.layout:
        k = each.operands[1]
    else:
        return
    if k >= len(constants):
        message = f"{op.name} names constant k{k}, and there are {len(constants)}"
        yield _at(program, each.pc, "BadConstant", message, "it fails when it is executed")
    elif (op.name in _NAMING or op.layout == "assert") and not isinstance(constants[k], str):
        message = f"{op.name} names constant k{k}, which is no string"
        yield _at(program, each.pc, "BadConstant", message, "it fails when it is executed")


def _call(program: Program, each: Instruction) -> Iterator[Diagnostic]:
    _, f, *arguments = each.operands
    if len(arguments) > PASSED:
        message = f"the call has {len(arguments)} arguments, and {PASSED} are passed"
        yield _at(program, each.pc, "LostArguments", message, "the others are dropped without a word")
    for at, number in enumerate(arguments[:PASSED]):
        if number < at and arguments[number] != number:
            message = f"argument {at} is not what r{number} holds: argument {number} is copied there before"
            yield _at(program, each.pc, "OverwrittenArgument", message, "arguments are copied one after the other")
    name = constant_in(program, each.pc, f)
    if isinstance(name, str) and name not in program.functions:
        message = f"there is no function {shortened(name)} to call"
        yield _at(program, each.pc, "UndefinedFunction", message, "the call fails when it is executed")


def constant_in(program: Program, pc: int, register: int) -> object:
    """What a register holds before a call, if the instructions straight before it say so."""
    landings = program.landings
    while pc > 0 and pc not in landings:
        pc -= 1
        each = program.code[pc]
        if each.op is None or each.op.flow is not Flow.NEXT:
            return None
        if each.operands and each.operands[0] == register and each.op.operands and "w" in each.op.operands[0].access:
            if each.op.name == "load_const" and each.operands[1] < len(program.constants):
                return program.constants[each.operands[1]]
            return None
    return None


def _endless(program: Program) -> Iterator[Diagnostic]:
    """Functions that control never leaves by a return or a halt."""
    for name, entry in program.functions.items():
        if not 0 <= entry < program.instructions:
            continue
        inside = _reached(program, [entry])
        names = {op.name for pc in inside if pc < program.instructions and (op := program.code[pc].op) is not None}
        if _RETURN not in names and "halt" not in names and name != MAIN:
            message = f"function {shortened(name)} never returns"
            hint = "it runs off the end of the program" if program.instructions in inside else "it loops for ever"
            yield _at(program, entry, "NoReturn", message, hint)


def _unreached(program: Program, reached: set[int]) -> Iterator[Diagnostic]:
    """Where stretches begin that control never gets to."""
    before = True
    for pc in range(program.instructions):
        here = pc in reached
        if before and not here:
            hint = "nothing jumps there, no function begins there, and what is before it never goes on to it"
            yield _at(program, pc, "Unreachable", "this is never reached", hint)
        before = here


def _at(program: Program, pc: int, kind: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(message, kind, line=program.line_of(pc), column=1, hint=hint, offset=pc)
