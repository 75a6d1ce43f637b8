"""The faults of XQVM: their fields, neutral names and explanations (XQVM reference, section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from vm.faults import Fault, FaultReport
from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One row of the fault list."""

    identity: str
    fields: tuple[str, ...]
    """Operands in the order they are printed; `pos` is the offset of the instruction."""
    explanation: str
    """Format over the operands; a number may name its noun, in the singular."""
    code: str = ""
    over_budget: bool = False


_LABEL = "Run `check` on the program: it finds jumps without a target before they happen."

_ROWS = (
    FaultKind(
        "StackUnderflow",
        ("pos",),
        "The instruction takes more values than the stack holds. "
        "Look for a branch or a loop body that takes more from the stack than it puts there.",
    ),
    FaultKind(
        "StackOverflow",
        ("pos",),
        "The stack already holds 8,192 values, which is all it can. "
        "Look for a loop that leaves a value behind each time around.",
    ),
    FaultKind(
        "LoopStackOverflow",
        ("pos",),
        "8,192 loops are open, which is the limit. "
        "A jump back to a RANGE or ITER opens one more loop each time; leave the loop through NEXT first.",
    ),
    FaultKind(
        "RegisterType",
        ("reg", "expected", "got"),
        "Register r{reg} holds {got}, but the instruction needs {expected}.",
        code="TYPE_MISMATCH",
    ),
    FaultKind(
        "UnsetRegister",
        ("pos", "reg"),
        "Register r{reg} holds nothing here. "
        "It was never written on this way, was dropped, or came from an unset calldata slot.",
    ),
    FaultKind("DivisionByZero", ("pos",), "The divisor on top of the stack was 0."),
    FaultKind(
        "ArithmeticOverflow",
        ("pos",),
        "A result, or an intermediate result, does not fit in a signed 64-bit integer "
        "(-9,223,372,036,854,775,808 to 9,223,372,036,854,775,807).",
    ),
    FaultKind(
        "IndexOutOfBounds",
        ("pos", "index", "len"),
        "Index {index} is out of range for {len:element}; counting begins at 0.",
    ),
    FaultKind(
        "NoActiveLoop",
        ("pos",),
        "No loop is open here. The instruction belongs between RANGE or ITER and its NEXT; "
        "a jump may have entered the body without passing the opener.",
    ),
    FaultKind(
        "UnmatchedLoop",
        ("pos",),
        "The loop has nothing to do and should be skipped, but no NEXT closes it before the end of the program.",
    ),
    FaultKind("InvalidLabel", ("pos", "label"), "The program has no target number {label}. " + _LABEL),
    FaultKind(
        "BadOpcode",
        ("pos", "byte"),
        "Byte {byte} is not the code of an instruction. The bytecode is damaged, or made for another machine.",
    ),
    FaultKind(
        "TruncatedInstruction", ("pos",), "The last instruction is cut off. The bytecode is damaged or incomplete."
    ),
    FaultKind(
        "CallDataIndex",
        ("index", "len"),
        "INPUT asked for calldata slot {index}, but the host supplied {len:slot}, "
        "counted from 0. Give more calldata, or mend the slot number.",
    ),
    FaultKind(
        "OutputIndex",
        ("index", "len"),
        "OUTPUT asked for slot {index}, but the host provides {len:output slot}, "
        "counted from 0. Provide more output slots, or mend the slot number.",
    ),
    FaultKind(
        "SizeMismatch",
        ("model_size", "sample_len"),
        "The model has {model_size:variable} and the sample has {sample_len}. "
        "A sample must cover the grown model, slack and auxiliary variables included.",
    ),
    FaultKind(
        "VecLengthMismatch",
        ("what", "a", "other", "b"),
        "The vector of {what} has {a:element} and that of {other} has {b}; the two go together element by element.",
    ),
    FaultKind(
        "StepLimitExceeded",
        ("pos", "requested", "used", "limit"),
        "Steps used: {used} of {limit}; needed now: {requested} more. "
        "Raise the step limit, or look for a loop that does not end.",
        over_budget=True,
    ),
    FaultKind(
        "MemoryLimitExceeded",
        ("pos", "requested", "used", "limit"),
        "Bytes charged: {used} of {limit}; needed now: {requested} more. "
        "Charges are never given back; raise the limit, or allocate less.",
        over_budget=True,
    ),
    FaultKind(
        "InvalidAllocation", ("pos", "size"), "{size} is no size for a model or sample; it must be 0 to 4,294,967,295."
    ),
    FaultKind("InvalidShift", ("pos", "amount"), "A value cannot be shifted by {amount:bit}, only by 0 to 63."),
    FaultKind("InvalidGridDimensions", ("pos", "rows", "cols"), "{grid}"),
    FaultKind("InvalidIntegerK", ("pos", "k"), "An integer domain needs k of at least 2, and this one has {k}."),
    FaultKind(
        "SampleOutOfDomain",
        ("pos", "index", "value", "domain"),
        "Variable {index} cannot be {value}: the domain of the sample is {members}.",
    ),
)


def _snake(identity: str) -> str:
    return "".join("_" + c if c.isupper() and n else c for n, c in enumerate(identity)).upper()


FAULTS: Mapping[str, FaultKind] = {row.identity: row for row in _ROWS}


def code_of(identity: str) -> str:
    """The implementation-neutral name of a fault, as conformance vectors spell it."""
    return FAULTS[identity].code or _snake(identity)


def report(fault: Fault, pc: int) -> FaultReport:
    """Complete a fault raised by the instruction at `pc`."""
    kind = FAULTS[fault.identity]
    operands = {name: fault.operands.get(name, pc if name == "pos" else None) for name in kind.fields}
    fields = ", ".join(f"{name}: {_debug(kind.identity, name, operands[name])}" for name in kind.fields)
    return FaultReport(
        identity=kind.identity,
        code=code_of(kind.identity),
        message=f"{kind.identity} {{ {fields} }}",
        explanation=kind.explanation.format_map(_worded(operands)),
        pc=pc,
        operands=operands,
        over_budget=kind.over_budget,
    )


def _debug(identity: str, name: str, value: object) -> str:
    optional = name == "pos" and identity in ("ArithmeticOverflow", "StepLimitExceeded")
    if optional:
        return "None" if value is None else f"Some({value})"
    return f'"{value}"' if isinstance(value, str) and name != "domain" else str(value)


_MEMBERS = {"Binary": "0 and 1", "Spin": "-1 and +1"}


class _Number(int):
    """A number of an explanation: its digits grouped, and behind it the noun its format names, one or many."""

    def __format__(self, noun: str) -> str:
        plural = "" if self == 1 else "s"
        return f"{int(self):,} {noun}{plural}" if noun else f"{int(self):,}"


def _worded(operands: Mapping[str, object]) -> dict[str, object]:
    """What explanations are made of: the operands, and sentences that depend on them."""
    worded = {name: _Number(value) if isinstance(value, int) else value for name, value in operands.items()}
    if "rows" in operands:
        rows, cols = worded["rows"], worded["cols"]
        worded["grid"] = (
            "The register has no grid. Give it one with RESIZE first; a sample needs its own."
            if rows == 0 and cols == 0
            else f"A grid of {rows:row} and {cols:column} is not possible: both must be positive, "
            "and together no more than there are variables."
        )
    if "domain" in operands:
        domain = str(operands["domain"])
        worded["members"] = _MEMBERS.get(domain) or f"0 to one less than the number in {domain}"
    return worded
