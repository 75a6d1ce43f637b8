"""The lines of a program (reference, section 14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vm.assembler import shortened
from vm.contract import Line
from vm.isa import OperandKind
from vm.mdvm.isa import PASSED, SAVED
from vm.mdvm.notation import LABEL, spelled
from vm.mdvm.notation import constant_text as written
from vm.mdvm.program import Instruction, Program

Names = frozenset[str]
_NOTHING: Names = frozenset()
_NAMED_CONSTANTS = frozenset({"load_const", "load_global", "store_global"})
_LONGEST = 60


def labels(program: Program) -> Mapping[int, str]:
    """What each place is called that jumps lead to, or at which a function begins.

    As the source calls it, else as the function is called where that can be a label, else `L` and its index.
    """
    end = program.instructions
    named: dict[int, str] = {}
    for name, pc in program.labels.items():
        named.setdefault(pc, name)
    taken = set(named.values())
    for name, pc in program.functions.items():
        if 0 <= pc <= end and pc not in named and LABEL.fullmatch(name) and name not in taken:
            named[pc] = name
            taken.add(name)
    goals = {target for each in program.code if (target := each.target) is not None and 0 <= target <= end}
    for goal in sorted(goals - named.keys()):
        name = f"L{goal}"
        while name in taken:
            name += "_"
        named[goal] = name
        taken.add(name)
    return named


def lines(program: Program) -> Iterator[Line]:
    """The listing, constants shown behind what names them."""
    named, returns = labels(program), _written_by_returns(program)
    for each in program.code:
        label, source_line = named.get(each.pc, ""), program.line_of(each.pc)
        if each.op is None:
            text = f".byte {', '.join(map(str, each.raw))}"
            yield Line(each.pc, 1, "", text, source_line, label, encoding=each.raw, spelled=(), counted=True)
            continue
        words = spelled(each, named)
        text = f"{each.op.name} {', '.join(words)}".rstrip() + remark(program, each)
        reads, writes = _touched(program, each)
        if each.op.name == "return":
            writes |= returns
        yield Line(each.pc, 1, each.op.name, text, source_line, label, reads, writes, each.raw, words, counted=True)


def remark(program: Program, instruction: Instruction) -> str:
    """The constant an instruction names, as a comment."""
    if instruction.op is None or instruction.op.name not in _NAMED_CONSTANTS:
        return ""
    k = instruction.operands[1]
    if k >= len(program.parts.constants):
        return "  ; no such constant"
    return f"  ; {shortened(written(program.parts.constants[k]), _LONGEST)}"


def _written_by_returns(program: Program) -> Names:
    into = {each.operands[0] for each in program.code if each.op is not None and each.op.name == "call"}
    return frozenset(f"r{number}" for number in {*range(SAVED), *into}) | {"frame", "pc", "tag", "result"}


def _touched(program: Program, instruction: Instruction) -> tuple[Names, Names]:
    """Names of the places an instruction may read, and of those it may write."""
    op, operands = instruction.op, instruction.operands
    if op is None:
        return _NOTHING, _NOTHING
    pairs = [pair for pair in zip(op.operands, operands, strict=False) if pair[0].kind is OperandKind.REGISTER]
    reads = {f"r{number}" for operand, number in pairs if "r" in operand.access}
    writes = {f"r{number}" for operand, number in pairs if "w" in operand.access}
    match op.name:
        case "call":
            reads |= {f"r{number}" for number in operands[2 : 2 + PASSED]}
            writes = {f"r{number}" for number in range(min(PASSED, len(operands) - 2))} | {"frame", "pc"}
        case "return":
            reads |= {f"r{number}" for number in operands} | {"frame"}
        case "phi":
            reads |= {f"r{number}" for number in operands[1::2]} | {"jumped"}
        case "load_const":
            reads |= {"const"}
        case "load_global":
            reads |= {"globals"}
        case "store_global":
            writes |= {"globals"}
        case "print":
            writes |= {"out"}
        case "define":
            writes = {"tag"}
        case "check_type":
            reads |= {"tag"}
        case "scope_enter" | "scope_exit":
            writes |= {"scope"}
    if op.layout.endswith("J"):
        writes |= {"pc", "jumped"} if program.remembers else {"pc"}
    return frozenset(reads), frozenset(writes)
