"""When each instruction faults, in the order of its checks (XQVM reference, sections 6.1 and 9). Data only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from vm.isa import Condition, Op, OperandKind

_LARGEST = (1 << 32) - 1
_DEPTH = 8192

_MEMORY = Condition("MemoryLimitExceeded", "more bytes are needed than are left", "bytes.needed > bytes.left")
_STEPS = Condition("StepLimitExceeded", "more steps are needed than are left", "steps.needed > steps.left")
_NO_STEP = Condition("StepLimitExceeded", "no step is left", "steps.left < 1")
_NO_LOOP = Condition("NoActiveLoop", "no loop is open", "depth == 0")
_LENGTHS = Condition(
    "VecLengthMismatch", "the two vectors differ in length", "len(indices) != len(coeffs)"
)  # fmt: skip
_NO_GRID = Condition("InvalidGridDimensions", "{reg} has no grid", "reg.rows == 0")
_COEFFICIENT = Condition("ArithmeticOverflow", "a coefficient, or a product on the way to it, leaves 64 bits")


def conditions_of(op: Op) -> tuple[Condition, ...]:
    """All conditions of a row: those of dispatch, then its own."""
    return (_NO_STEP, *_underflow(op), *_own(op))


def _underflow(op: Op) -> Iterator[Condition]:
    if op.needs:
        values = "the stack is empty" if op.needs == 1 else f"fewer than {op.needs} values are on the stack"
        yield Condition("StackUnderflow", values, f"stack.length < {op.needs}")


def _own(op: Op) -> Iterator[Condition]:
    if (whole := _WHOLE.get(op.name)) is not None:
        yield from whole
        return
    for identity in op.faults:
        named = _NAMED.get((op.name, identity))
        yield from named if named is not None else _GENERAL[identity](op)


# What follows from the row


def _set(op: Op) -> Iterator[Condition]:
    for operand in op.operands:
        if operand.kind is OperandKind.REGISTER:
            yield Condition("UnsetRegister", f"{{{operand.name}}} holds nothing", f"{operand.name}.kind == 'unset'")


def _type(op: Op) -> Iterator[Condition]:
    for operand in op.operands:
        if operand.accepts not in ("", "any"):
            yield _kind(operand.name, operand.accepts)


def _kind(name: str, accepts: str) -> Condition:
    """An operand must hold a value of a kind, or one of several."""
    kinds = [kind.partition("<")[0] for kind in accepts.split(" or ")]
    article = "an" if accepts.startswith("i") else "a"
    wanted = {"vec": "vector", "vec<int>": "vector of integers"}.get(accepts, accepts)
    due = " and ".join(f"{name}.kind != '{kind}'" for kind in kinds)
    return Condition("RegisterType", f"{{{name}}} does not hold {article} {wanted}", due)


def _result(op: Op) -> Iterator[Condition]:
    """The result of the formula must fit."""
    value = op.formula[0].partition(" = ")[2]
    yield Condition("ArithmeticOverflow", "the result does not fit in 64 bits", f"not fits64({value})")


def _overflow(when: str, *values: str) -> Condition:
    return Condition("ArithmeticOverflow", when, " or ".join(f"not fits64({value})" for value in values))


def _index(name: str, length: str) -> Condition:
    return Condition(
        "IndexOutOfBounds", f"{name} is not from 0 to {_marked(length)} - 1", f"{name} < 0 or {name} >= {length}"
    )


def _marked(length: str) -> str:
    """A place of an operand, whose name is marked in words."""
    name, _, part = length.partition(".")
    return f"{{{name}}}.{part}"


def _variables(op: Op) -> Iterator[Condition]:
    """Indices of variables, in the order they are checked."""
    yield from (_index(name, "reg.size") for name in ("i", "j") if name in op.pops)


def _line(op: Op) -> Iterator[Condition]:
    """The line of the grid the instruction is about."""
    name = op.pops[-1]
    yield _index(name, f"reg.{name}s")


def _size(when: str, due: str) -> Condition:
    return Condition("InvalidAllocation", when, due)


_GENERAL: Mapping[str, Callable[[Op], Iterator[Condition]]] = MappingProxyType(
    {
        "StackOverflow": lambda _: iter(
            (Condition("StackOverflow", f"the stack already holds {_DEPTH:,} values", f"stack.length >= {_DEPTH}"),)
        ),
        "UnsetRegister": _set,
        "RegisterType": _type,
        "ArithmeticOverflow": _result,
        "IndexOutOfBounds": _variables,
        "MemoryLimitExceeded": lambda _: iter((_MEMORY,)),
        "StepLimitExceeded": lambda _: iter((_STEPS,)),
        "NoActiveLoop": lambda _: iter((_NO_LOOP,)),
        "InvalidGridDimensions": lambda _: iter((_NO_GRID,)),
        "InvalidLabel": lambda op: iter(
            (Condition("InvalidLabel", "it jumps and the program has no target of that number"),)
        ),
        "DivisionByZero": lambda _: iter((Condition("DivisionByZero", "the divisor b is 0", "b == 0"),)),
        "InvalidShift": lambda _: iter((Condition("InvalidShift", "b is not from 0 to 63", "b < 0 or b > 63"),)),
        "CallDataIndex": lambda _: iter(
            (Condition("CallDataIndex", "the host gave no such slot", "slot < 0 or slot >= in.length"),)
        ),
        "OutputIndex": lambda _: iter((Condition("OutputIndex", "the host provides no such slot"),)),
        "SizeMismatch": lambda _: iter(
            (Condition("SizeMismatch", "{model} and {sample} differ in size", "model.size != sample.size"),)
        ),
        "SampleOutOfDomain": lambda _: iter(
            (Condition("SampleOutOfDomain", "{reg} is a sample and the value is not in its domain"),)
        ),
    }
)
"""By identity, for instructions of which nothing more is said below."""

_LINES = tuple(_line(Op(0, "", pops=("row",)))), tuple(_line(Op(0, "", pops=("col",))))
_ROW, _COL = _LINES
_ELEMENT = (_index("index", "reg.length"),)
_TWICE = (_overflow("-penalty or 2 * penalty leaves 64 bits", "-penalty", "2 * penalty"), _COEFFICIENT)
_PARTIAL = (Condition("ArithmeticOverflow", "the sum leaves 64 bits on the way"),)

_NAMED: Mapping[tuple[str, str], tuple[Condition, ...]] = MappingProxyType(
    {
        ("VECGET", "IndexOutOfBounds"): _ELEMENT,
        ("VECSET", "IndexOutOfBounds"): _ELEMENT,
        ("ROWFIND", "IndexOutOfBounds"): _ROW,
        ("ROWSUM", "IndexOutOfBounds"): _ROW,
        ("ONEHOTR", "IndexOutOfBounds"): _ROW,
        ("COLFIND", "IndexOutOfBounds"): _COL,
        ("COLSUM", "IndexOutOfBounds"): _COL,
        ("ONEHOTC", "IndexOutOfBounds"): _COL,
        ("ROWSUM", "ArithmeticOverflow"): _PARTIAL,
        ("COLSUM", "ArithmeticOverflow"): _PARTIAL,
        ("ENERGY", "ArithmeticOverflow"): (
            Condition("ArithmeticOverflow", "a product or a sum leaves 64 bits on the way"),
        ),
        ("ONEHOTR", "ArithmeticOverflow"): _TWICE,
        ("ONEHOTC", "ArithmeticOverflow"): _TWICE,
        ("ADDLINE", "ArithmeticOverflow"): (
            Condition(
                "ArithmeticOverflow",
                "the new coefficient leaves 64 bits",
                "reg.kind == 'model' and not fits64(reg.linear[i] + delta)",
            ),
            Condition(
                "ArithmeticOverflow",
                "the new value leaves 64 bits",
                "reg.kind == 'sample' and not fits64(reg[i] + delta)",
            ),
        ),
        ("ADDQUAD", "ArithmeticOverflow"): (_overflow("the new coefficient leaves 64 bits", "reg.quad[i, j] + delta"),),
        ("EXCLUDE", "ArithmeticOverflow"): (
            _overflow("the new coefficient leaves 64 bits", "reg.quad[i, j] + penalty"),
        ),
        ("IMPLIES", "ArithmeticOverflow"): (
            _overflow("-penalty leaves 64 bits", "-penalty"),
            _overflow("a new coefficient leaves 64 bits", "reg.linear[i] + penalty", "reg.quad[i, j] - penalty"),
        ),
        ("IDXGRID", "ArithmeticOverflow"): (
            _overflow("row * cols, or the result, leaves 64 bits", "row * cols", "row * cols + col"),
        ),
        ("IDXTRIU", "ArithmeticOverflow"): (
            _overflow(
                "the result, or a product on the way to it, leaves 64 bits",
                "max(i, j) - 1",
                "max(i, j) * (max(i, j) - 1)",
                "max(i, j) * (max(i, j) - 1) // 2 + min(i, j)",
            ),
        ),
    }
)
"""By mnemonic and identity."""

_INDICES = Condition(
    "IndexOutOfBounds",
    "an index is not from 0 to {model}.size - 1",
    "n > 0 and (min(indices) < 0 or max(indices) >= model.size)",
)
_GROWN = _size("the model with its slack variables would be too large", f"model.size + slack > {_LARGEST}")


def _allocates(integer: bool, sample: bool) -> tuple[Condition, ...]:
    return (
        *((Condition("InvalidIntegerK", "k is less than 2", "k < 2"),) if integer else ()),
        _size("size is negative", "size < 0"),
        _MEMORY,
        _size(f"size is more than {_LARGEST:,}", f"size > {_LARGEST}"),
        *((_STEPS,) if sample else ()),
    )


_WHOLE: Mapping[str, tuple[Condition, ...]] = MappingProxyType(
    {
        "RANGE": (
            Condition("UnmatchedLoop", "count <= 0 and no NEXT closes the loop that is to be skipped"),
            Condition(
                "ArithmeticOverflow",
                "start + count does not fit in 64 bits",
                "count > 0 and not fits64(start + count)",
            ),
            Condition("LoopStackOverflow", f"{_DEPTH:,} loops are open", f"count > 0 and depth >= {_DEPTH}"),
        ),
        "ITER": (
            Condition("UnsetRegister", "{reg} holds nothing", "reg.kind == 'unset'"),
            _kind("reg", "vec"),
            Condition("UnmatchedLoop", "start >= end and no NEXT closes the loop that is to be skipped"),
            *(
                Condition(
                    "IndexOutOfBounds",
                    f"there are elements to loop over and {name} is not from 0 to {{reg}}.length",
                    f"start < end and ({name} < 0 or {name} > reg.length)",
                )
                for name in ("start", "end")
            ),
            _MEMORY,
            _STEPS,
            Condition("LoopStackOverflow", f"{_DEPTH:,} loops are open", f"start < end and depth >= {_DEPTH}"),
        ),
        **{name: _allocates(integer=name[0] == "X", sample=name[1] == "S") for name in ("BSMX", "SSMX", "XSMX")},
        **{name: _allocates(integer=name[0] == "X", sample=False) for name in ("BQMX", "SQMX", "XQMX")},
        "SLACK": (
            Condition("UnsetRegister", "{indices} holds nothing", "indices.kind == 'unset'"),
            _kind("indices", "vec<int>"),
            Condition("UnsetRegister", "{coeffs} holds nothing", "coeffs.kind == 'unset'"),
            _kind("coeffs", "vec<int>"),
            _MEMORY,
            _STEPS,
            Condition(
                "ArithmeticOverflow",
                "the last index leaves 64 bits",
                "capacity > 0 and not fits64(start + bits(capacity) - 1)",
            ),
        ),
        "RESIZE": (
            Condition("InvalidGridDimensions", "rows or cols is not positive", "rows <= 0 or cols <= 0"),
            _kind("reg", "model or sample"),
            Condition(
                "InvalidGridDimensions", "the grid has more cells than there are variables", "rows * cols > reg.size"
            ),
        ),
        "EQUALITY": (
            _kind("indices", "vec<int>"),
            _kind("coeffs", "vec<int>"),
            _LENGTHS,
            _MEMORY,
            _STEPS,
            _kind("model", "model"),
            _size("the model would grow too large", f"max(model.size, top(indices)) > {_LARGEST}"),
            Condition("IndexOutOfBounds", "an index is negative", "n > 0 and min(indices) < 0"),
            _overflow("2 * target leaves 64 bits", "2 * target"),
            _COEFFICIENT,
        ),
        "ATLEAST": (
            _kind("indices", "vec<int>"),
            Condition("IndexOutOfBounds", "k is not from 1 to {indices}.length", "k <= 0 or k > len(indices)"),
            _MEMORY,
            _STEPS,
            _kind("model", "model"),
            _INDICES,
            _GROWN,
            _COEFFICIENT,
        ),
        "ATLEASTW": (
            _kind("indices", "vec<int>"),
            _kind("coeffs", "vec<int>"),
            _LENGTHS,
            Condition("IndexOutOfBounds", "k is not positive", "k <= 0"),
            Condition("ArithmeticOverflow", "the sum of the weights leaves 64 bits on the way"),
            _overflow("the sum of the weights less k leaves 64 bits", "sum(coeffs) - k"),
            _MEMORY,
            _STEPS,
            _kind("model", "model"),
            _INDICES,
            _GROWN,
            _overflow("2 * k leaves 64 bits", "2 * k"),
            _COEFFICIENT,
        ),
        "REDUCE": (
            _MEMORY,
            _STEPS,
            _kind("model", "model"),
            _index("i", "model.size"),
            _index("j", "model.size"),
            _overflow("-2 * penalty or 3 * penalty leaves 64 bits", "-2 * penalty", "3 * penalty"),
            _size("the model would grow too large", f"model.size + 1 > {_LARGEST}"),
            _COEFFICIENT,
        ),
    }
)
"""By mnemonic, where the order of the checks is not that of the fault list."""
