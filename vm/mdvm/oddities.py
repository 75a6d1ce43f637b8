"""What a program may mean, but hardly does: it works as the released machine does, to somebody's surprise.

Told once for a register or an instruction, and only of code that control gets to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from vm.assembler import shortened
from vm.isa import Flow, OperandKind
from vm.mdvm.isa import PASSED, REGISTERS, SAVED, TYPES
from vm.mdvm.program import Instruction, Program

MOST = 20_000
"""Instructions of a program beyond which it is not asked what calls leave of registers."""
_CASTS = ("bool", "int", "float", "string")
_WITHOUT_VALUES = ("function", "url")
Found = tuple[int, str, str, str]
"""Index, kind, message, hint."""


def oddities(program: Program, reached: AbstractSet[int]) -> Iterator[Found]:
    """Everything odd, given the indices that control gets to."""
    code = [program.code[pc] for pc in sorted(reached) if pc < program.instructions]
    yield from _never_written(code)
    yield from _types(program, code)
    yield from _falling_in(program, code)
    if len(code) <= MOST:
        yield from _shared(program, code)


def touched(each: Instruction) -> tuple[Sequence[int], Sequence[int]]:
    """The registers that an instruction reads, and those it writes; of a call, what it passes is written, too."""
    op, operands = each.op, each.operands
    if op is None:
        return (), ()
    match op.name:
        case "return":
            return operands, ()
        case "phi":
            return operands[1::2], operands[:1]
        case "call":
            return operands[1:], (operands[0], *range(min(PASSED, len(operands) - 2)))
    reads, writes = [], []
    for operand, register in zip(op.operands, operands, strict=False):
        if operand.kind is OperandKind.REGISTER:
            if "r" in operand.access:
                reads.append(register)
            if "w" in operand.access and op.name != "define":
                writes.append(register)
    return reads, writes


def _never_written(code: Sequence[Instruction]) -> Iterator[Found]:
    written = {register for each in code for register in touched(each)[1]}
    told: set[int] = set()
    for each in code:
        for register in touched(each)[0]:
            if register not in written and register not in told:
                told.add(register)
                message = f"r{register} is read, and nothing ever writes it"
                yield each.pc, "NeverWritten", message, "it holds Empty, which is false, and which print does not print"


def _types(program: Program, code: Sequence[Instruction]) -> Iterator[Found]:
    """Casts that cannot succeed, checks that cannot hold, tags that nobody sees."""
    defined = {each.operands[1] for each in code if each.op is not None and each.op.name == "define"}
    for each in code:
        name, operands = each.op.name if each.op is not None else "", each.operands
        if name == "cast" and _type(operands[2]) not in _CASTS:
            message = f"nothing can be converted to {_type(operands[2])}"
            yield each.pc, "AlwaysFails", message, "the cast fails whatever the register holds"
        elif name == "check_type" and operands[2] not in defined and not _exists(operands[2], defined):
            message = f"no value is of type {_type(operands[2])}"
            yield each.pc, "NeverTrue", message, "arrays and dicts have no type id; the check is always false"
        elif name == "define" and _is_lost(program, each):
            message = f"the tag of r{operands[0]} is gone before anything looks at it"
            yield each.pc, "LostTag", message, "every write of a register sets the tag to the type of the value"


def _type(number: int) -> str:
    return TYPES[number] if number < len(TYPES) else f"type:{number}"


def _exists(number: int, defined: AbstractSet[int]) -> bool:
    """Whether some register can have a type: a value's, or one that a define sets; all beyond the table are one."""
    if number >= len(TYPES):
        return any(each >= len(TYPES) for each in defined)
    return TYPES[number] not in _WITHOUT_VALUES


def _is_lost(program: Program, define: Instruction) -> bool:
    """Whether the instructions straight behind write the register first."""
    register, pc = define.operands[0], define.pc + 1
    while pc < program.instructions and pc not in program.landings:
        each = program.code[pc]
        if each.op is None or each.op.flow is not Flow.NEXT:
            return False
        if each.op.name == "check_type" and each.operands[1] == register:
            return False
        if register in touched(each)[1] or (each.op.name == "define" and each.operands[0] == register):
            return True
        pc += 1
    return False


def _falling_in(program: Program, code: Sequence[Instruction]) -> Iterator[Found]:
    """Functions that control runs into from straight above."""
    names = {entry: name for name, entry in program.functions.items() if entry != program.entry}
    for each in code:
        goes_on = each.op is not None and (each.op.flow in (Flow.NEXT, Flow.BRANCH) or each.op.name == "call")
        if goes_on and each.pc + 1 in names:
            message = f"control goes on from here into function {shortened(names[each.pc + 1])}, without a call"
            yield each.pc, "RunsInto", message, "end what is above with halt, return or a jump"


# What calls leave of registers


def _shared(program: Program, code: Sequence[Instruction]) -> Iterator[Found]:
    """Registers from r64 on that a call changes although they are needed behind it. Section 7."""
    if not any(register >= SAVED for each in code for register in touched(each)[1]):
        return
    needed = _needed(program, code)
    changes = _changes(program, code)
    told: set[int] = set()
    for each in code:
        if each.op is None or each.op.name != "call" or each.pc + 1 >= program.instructions:
            continue
        kept = needed.get(each.pc + 1, 0) & ~(1 << each.operands[0])
        lost = kept & changes.get(_called(program, each), 0) >> SAVED << SAVED
        register = (lost & -lost).bit_length() - 1
        if lost and register not in told:
            told.add(register)
            message = f"what r{register} holds may be another value behind the call, where it is read"
            yield (
                each.pc,
                "NotKept",
                message,
                f"a call keeps r0 to r{SAVED - 1} only; r{SAVED} and above are everybody's",
            )


def _called(program: Program, call: Instruction) -> int:
    """Where a call leads, if that is the only function, or one of the instructions straight before says so; or -1."""
    from vm.mdvm.verifier import constant_in

    name = constant_in(program, call.pc, call.operands[1])
    entry = program.functions.get(name) if isinstance(name, str) else None
    return -1 if entry is None else entry


def _mask(registers: Sequence[int]) -> int:
    mask = 0
    for register in registers:
        mask |= 1 << register
    return mask


def _leads(program: Program, each: Instruction) -> Iterator[int]:
    if each.target is not None:
        yield each.target
    if each.op is not None and (each.op.flow in (Flow.NEXT, Flow.BRANCH) or each.op.name == "call"):
        yield each.pc + 1


def _needed(program: Program, code: Sequence[Instruction]) -> dict[int, int]:
    """By index, the registers that are read from there on before they are written, as bits; what is called aside."""
    masks = {each.pc: (_mask(touched(each)[0]), _mask(_surely_written(each))) for each in code}
    before: dict[int, list[int]] = {}
    for each in code:
        for to in _leads(program, each):
            before.setdefault(to, []).append(each.pc)
    needed: dict[int, int] = dict.fromkeys(masks, 0)
    waiting = [each.pc for each in code]
    while waiting:
        pc = waiting.pop()
        behind = 0
        for to in _leads(program, program.code[pc]):
            behind |= needed.get(to, 0)
        reads, writes = masks[pc]
        found = reads | behind & ~writes
        if found != needed[pc]:
            needed[pc] = found
            waiting += before.get(pc, ())
    return needed


def _surely_written(each: Instruction) -> Sequence[int]:
    written = touched(each)[1]
    return written[:1] if each.op is not None and each.op.name == "call" else written


def _changes(program: Program, code: Sequence[Instruction]) -> dict[int, int]:
    """By entry of a function, the registers that its own code writes, as bits."""
    at = {each.pc: each for each in code}
    found: dict[int, int] = {}
    for entry in dict.fromkeys(program.functions.values()):
        met, waiting, mask = set[int](), [entry], 0
        while waiting:
            pc = waiting.pop()
            if pc in met or pc not in at:
                continue
            met.add(pc)
            mask |= _mask(touched(at[pc])[1])
            waiting += _leads(program, at[pc])
        found[entry] = mask & (1 << REGISTERS) - 1
        if len(found) * len(code) > 50 * MOST:
            break
    return found
