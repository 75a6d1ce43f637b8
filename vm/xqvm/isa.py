"""The 93 instructions of XQVM. Data only; section numbers are those of the XQVM reference."""

from __future__ import annotations

from dataclasses import replace

from vm.isa import Flow, Isa, Op, Operand, OperandKind, Wording
from vm.xqvm.conditions import conditions_of

_REGISTER, _TARGET, _IMMEDIATE = OperandKind.REGISTER, OperandKind.TARGET, OperandKind.IMMEDIATE


def _reg(access: str, accepts: str = "", becomes: str = "", name: str = "reg") -> tuple[Operand, ...]:
    return (Operand(name, _REGISTER, 1, access, accepts, becomes),)


def _vectors(access: str) -> tuple[Operand, ...]:
    return _reg(access, "vec<int>", name="indices") + _reg(access, "vec<int>", name="coeffs")


def _target(size: int) -> tuple[Operand, ...]:
    return (Operand("label", _TARGET, size),)


def _push(size: int) -> Op:
    return Op(
        0x10 + size, f"PUSH{size}", (Operand("imm", _IMMEDIATE, size),), pushes=("value",), group="stack",
        faults=("StackOverflow",), section="9.4", formula=("value = imm",),
        doc=f"Push a signed {8 * size}-bit immediate.",
    )  # fmt: skip


def _unary(
    code: int, name: str, doc: str, formula: str, *faults: str, group: str = "arithmetic", section: str = "9.5"
) -> Op:
    return _computes(code, name, ("a",), doc, formula, faults, group, section)


def _binary(
    code: int, name: str, doc: str, formula: str, *faults: str, group: str = "arithmetic", section: str = "9.5"
) -> Op:
    return _computes(code, name, ("b", "a"), doc, formula, faults, group, section)


def _computes(
    code: int,
    name: str,
    pops: tuple[str, ...],
    doc: str,
    formula: str,
    faults: tuple[str, ...],
    group: str,
    section: str,
) -> Op:
    return Op(
        code, name, pops=pops, pushes=("result",), group=group, faults=faults, doc=doc, section=section,
        formula=(f"result = {formula}",),
    )  # fmt: skip


_OVERFLOW, _TYPE, _INDEX = "ArithmeticOverflow", "RegisterType", "IndexOutOfBounds"
_STEPS, _MEMORY = "StepLimitExceeded", "MemoryLimitExceeded"
_COPYING = "1 for each element or value of a sample, 13 for each coefficient"
_HOLDING = "8 for an integer or a variable, 16 for an element, 32 or 48 for a linear or quadratic coefficient"
_ALLOCATION, _GRID = "InvalidAllocation", "InvalidGridDimensions"

CONTROL = (
    Op(0x00, "TARGET", flow=Flow.TARGET, group="control", section="9.2",
       doc="Mark a place that jumps can land on; does nothing."),
    Op(0x01, "JUMP1", _target(1), flow=Flow.JUMP, group="control", section="9.2", faults=("InvalidLabel",),
       doc="Continue at a target, numbered with 8 bits."),
    Op(0x02, "JUMPI1", _target(1), pops=("condition",), flow=Flow.BRANCH, group="control", section="9.2",
       faults=("InvalidLabel",), taken="condition != 0",
       doc="Continue at a target, numbered with 8 bits, if the condition is not zero."),
    Op(0x03, "JUMP2", _target(2), flow=Flow.JUMP, group="control", section="9.2", faults=("InvalidLabel",),
       doc="Continue at a target, numbered with 16 bits."),
    Op(0x04, "JUMPI2", _target(2), pops=("condition",), flow=Flow.BRANCH, group="control", section="9.2",
       faults=("InvalidLabel",), taken="condition != 0",
       doc="Continue at a target, numbered with 16 bits, if the condition is not zero."),
    Op(0x05, "LIDX", _reg("w", becomes="int"), group="control", section="9.2", faults=("NoActiveLoop",),
       looks_at="loop index",
       formula=("reg = loop.index",),
       doc="Store the index of the innermost loop: the counter of RANGE, the position in the vector of ITER."),
    Op(0x06, "LVAL", _reg("w", becomes="any"), group="control", section="9.2", faults=("NoActiveLoop",),
       looks_at="loop value", formula=("reg = loop.value",),
       doc="Store the value of the innermost loop: the counter of RANGE, the element of ITER."),
    Op(0x07, "NEXT", flow=Flow.LOOP_CLOSE, group="control", section="9.2", faults=("NoActiveLoop",),
       looks_at="loop round", taken="loop.index + 1 < loop.end",
       formula=(
           "loop.index += 1 if loop.index + 1 < loop.end",
       ),
       doc="Advance the innermost loop: repeat its body, or leave it when it is through."),
    Op(0x08, "RANGE", pops=("count", "start"), flow=Flow.LOOP_OPEN, group="control", section="9.2", charges_steps=True,
       faults=("UnmatchedLoop", _OVERFLOW, "LoopStackOverflow"),
       steps="0 if count > 0, else 1 for each instruction skipped",
       taken="count <= 0",
       formula=("loop.index = start if count > 0", "loop.end = start + count if count > 0"),
       doc="Loop over the integers start to start + count - 1; skip the body if count is not positive."),
    Op(0x09, "ITER", _reg("r", "vec"), pops=("end", "start"), flow=Flow.LOOP_OPEN, group="control", section="9.2",
       charges_steps=True,
       faults=("UnsetRegister", _TYPE, "UnmatchedLoop", _INDEX, _MEMORY, _STEPS, "LoopStackOverflow"),
       steps="end - start if start < end, else 1 for each instruction skipped",
       bytes="8 * max(end - start, 0)",
       looks_at="slice",
       taken="start >= end",
       formula=(
           "loop.index = start if start < end",
           "loop.end = end if start < end",
           "loop.value = reg[start] if start < end",
       ),
       doc="Loop over a copy of the elements start to end - 1 of a vector; skip the body if there are none."),
    Op(0xF0, "NOP", group="control", section="9.2", doc="Do nothing."),
    Op(0xFF, "HALT", flow=Flow.HALT, group="control", section="9.2", doc="Stop the program."),
)  # fmt: skip

REGISTERS = (
    Op(0x0A, "LOAD", _reg("r", "int"), pushes=("value",), group="register", section="9.3", moves=True,
       faults=("UnsetRegister", _TYPE, "StackOverflow"), formula=("value = reg",),
       doc="Push the integer in a register."),
    Op(0x0B, "STOW", _reg("w", becomes="int"), pops=("value",), group="register", section="9.3", moves=True,
       formula=("reg = value",),
       doc="Pop an integer into a register."),
    Op(0x0C, "DROP", _reg("w", becomes="unset"), group="register", section="9.3", formula=("reg = unset",),
       doc="Clear a register."),
    Op(0x0E, "INPUT", _reg("w", becomes="any"), pops=("slot",), group="register", section="9.3", charges_steps=True,
       faults=("CallDataIndex", _MEMORY, _STEPS), steps=_COPYING, bytes=_HOLDING,
       looks_at="slot", moves=True, formula=("reg = in[slot]",),
       doc="Copy a calldata slot into a register."),
    Op(0x0F, "OUTPUT", _reg("r", "any"), pops=("slot",), group="register", section="9.3", charges_steps=True,
       faults=(_MEMORY, _STEPS, "UnsetRegister", "OutputIndex"), steps=_COPYING, bytes=_HOLDING,
       selects=("slot",), moves=True,
       formula=("out[slot] = reg",),
       doc="Copy a register into an output slot."),
)  # fmt: skip

STACK = (
    Op(0x10, "POP", pops=("value",), group="stack", section="9.4", moves=True, doc="Discard the top of the stack."),
    *(_push(size) for size in range(1, 9)),
    Op(0x1A, "SCLR", clears_stack=True, group="stack", section="9.4", doc="Empty the stack."),
    Op(0x1B, "SWAP", keeps=2, group="stack", section="9.4", moves=True,
       formula=("stack[-1] = stack[-2]", "stack[-2] = stack[-1]"),
       doc="Exchange the two values on top of the stack."),
    Op(0x1C, "COPY", pushes=("copy",), keeps=1, group="stack", section="9.4", faults=("StackOverflow",), moves=True,
       formula=("copy = stack[-1]",),
       doc="Push the top of the stack again."),
)  # fmt: skip

ARITHMETIC = (
    _binary(0x20, "ADD", "Sum of a and b.", "a + b", _OVERFLOW),
    _binary(0x21, "SUB", "Difference of a and b: b taken from a.", "a - b", _OVERFLOW),
    _binary(0x22, "MUL", "Product of a and b.", "a * b", _OVERFLOW),
    _binary(0x23, "DIV", "Quotient of a by b, rounded down.", "a // b", "DivisionByZero", _OVERFLOW),
    _binary(0x24, "MOD", "Remainder of a by b, with the sign of b.", "a % b", "DivisionByZero"),
    _unary(0x25, "SQR", "Square of a.", "a * a", _OVERFLOW),
    _unary(0x26, "ABS", "Magnitude of a.", "abs(a)", _OVERFLOW),
    _unary(0x27, "NEG", "a with the opposite sign.", "-a", _OVERFLOW),
    _binary(0x28, "MIN", "The smaller of a and b.", "min(a, b)"),
    _binary(0x29, "MAX", "The larger of a and b.", "max(a, b)"),
    _unary(0x2A, "INC", "One more than a.", "a + 1", _OVERFLOW),
    _unary(0x2B, "DEC", "One less than a.", "a - 1", _OVERFLOW),
    _unary(0x2C, "BITLEN", "Number of bits of a; 0 if a is not positive.", "bits(a)"),
)

COMPARE = (
    _binary(0x30, "EQ", "1 if a equals b, else 0.", "a == b", group="compare", section="9.6"),
    _binary(0x31, "LT", "1 if a is less than b, else 0.", "a < b", group="compare", section="9.6"),
    _binary(0x32, "GT", "1 if a is greater than b, else 0.", "a > b", group="compare", section="9.6"),
    _binary(0x33, "LTE", "1 if a is at most b, else 0.", "a <= b", group="compare", section="9.6"),
    _binary(0x34, "GTE", "1 if a is at least b, else 0.", "a >= b", group="compare", section="9.6"),
    _unary(0x36, "NOT", "1 if a is zero, else 0.", "a == 0", group="logic", section="9.6"),
    _binary(0x37, "AND", "1 if neither a nor b is zero, else 0.", "a != 0 and b != 0", group="logic", section="9.6"),
    _binary(0x38, "OR", "1 if a or b is not zero, else 0.", "a != 0 or b != 0", group="logic", section="9.6"),
    _binary(
        0x39,
        "XOR",
        "1 if exactly one of a and b is not zero, else 0.",
        "(a != 0) != (b != 0)",
        group="logic",
        section="9.6",
    ),
    _binary(0x3A, "BAND", "Bitwise and of a and b.", "a & b", group="bitwise", section="9.7"),
    _binary(0x3B, "BOR", "Bitwise or of a and b.", "a | b", group="bitwise", section="9.7"),
    _binary(0x3C, "BXOR", "Bitwise exclusive or of a and b.", "a ^ b", group="bitwise", section="9.7"),
    _unary(0x3D, "BNOT", "Bitwise complement of a.", "~a", group="bitwise", section="9.7"),
    _binary(
        0x3E, "SHL", "a shifted left by b bits.", "a << b", "InvalidShift", _OVERFLOW, group="bitwise", section="9.7"
    ),
    _binary(
        0x3F,
        "SHR",
        "a shifted right by b bits, keeping the sign.",
        "a >> b",
        "InvalidShift",
        group="bitwise",
        section="9.7",
    ),
)


def _allocator(code: int, name: str, kind: str, doc: str, *, integer: bool = False, fill: int = 0) -> Op:
    sample = kind == "sample"
    made = f"reg[t] = {fill} for t < size" if sample else "reg.size = size"
    return Op(
        code, name, _reg("w", becomes=kind), pops=("k", "size") if integer else ("size",), group="allocate",
        faults=(*(("InvalidIntegerK",) if integer else ()), _ALLOCATION, _MEMORY, *((_STEPS,) if sample else ())),
        steps="size" if sample else "0", bytes="8 * size", charges_steps=sample, doc=doc, section="9.8",
        formula=(made, "reg.k = k") if integer else (made,),
    )  # fmt: skip


ALLOCATE = (
    _allocator(0x40, "BQMX", "model", "Make a binary model without terms."),
    _allocator(0x41, "SQMX", "model", "Make a spin model without terms."),
    _allocator(0x42, "XQMX", "model", "Make a model over the integers 0 to k - 1 without terms.", integer=True),
    _allocator(0x43, "BSMX", "sample", "Make a binary sample of zeros."),
    _allocator(0x44, "SSMX", "sample", "Make a spin sample of -1.", fill=-1),
    _allocator(0x45, "XSMX", "sample", "Make a sample over the integers 0 to k - 1, of zeros.", integer=True),
    Op(0x4A, "VEC", _reg("w", becomes="vec<int>"), group="allocate", section="9.8",
       formula=("reg.length = 0",),
       doc="Make an empty vector of integers."),
    Op(0x4B, "VECI", _reg("w", becomes="vec<int>"), group="allocate", section="9.8",
       formula=("reg.length = 0",),
       doc="Make an empty vector of integers."),
    Op(0x4C, "VECX", _reg("w", becomes="vec<xqmx>"), group="allocate", section="9.8",
       formula=("reg.length = 0",),
       doc="Make an empty vector of models."),
)  # fmt: skip

VECTOR = (
    Op(0x50, "VECPUSH", _reg("rw", "vec<int>"), pops=("value",), group="vector", section="9.9",
       faults=(_MEMORY, _TYPE), bytes="16", looks_at="length", formula=("reg[end] = value",),
       doc="Append a value to a vector."),
    Op(0x51, "VECGET", _reg("r", "vec<int>"), pops=("index",), pushes=("element",), group="vector", section="9.9",
       faults=(_TYPE, _INDEX), looks_at="element", formula=("element = reg[index]",),
       doc="Push an element of a vector."),
    Op(0x52, "VECSET", _reg("rw", "vec<int>"), pops=("value", "index"), group="vector", section="9.9",
       faults=(_TYPE, _INDEX), selects=("index",), formula=("reg[index] = value",),
       doc="Replace an element of a vector."),
    Op(0x53, "VECLEN", _reg("r", "vec"), pushes=("length",), group="vector", section="9.9",
       faults=(_TYPE, "StackOverflow"), looks_at="length", formula=("length = reg.length",),
       doc="Push the length of a vector."),
    Op(0x54, "SLACK", _vectors("rw"), pops=("capacity", "start"), group="vector", section="9.9", charges_steps=True,
       faults=("UnsetRegister", _TYPE, _MEMORY, _STEPS, _OVERFLOW), steps="2 * bits(capacity)",
       bytes="32 * bits(capacity)",
       looks_at="length", selects=("capacity",), bare=True,
       formula=("indices[end] = start + i for i < bits(capacity)", "coeffs[end] = 1 << i for i < bits(capacity)"),
       doc="Append the indices and the powers of two that encode a slack variable of a capacity in binary."),
    Op(0x5A, "IDXGRID", pops=("cols", "col", "row"), pushes=("index",), group="index", section="9.10",
       faults=(_OVERFLOW,), formula=("index = row * cols + col",),
       doc="Index of a grid cell: row * cols + col."),
    Op(0x5B, "IDXTRIU", pops=("j", "i"), pushes=("index",), group="index", section="9.10",
       faults=(_OVERFLOW,), formula=("index = max(i, j) * (max(i, j) - 1) // 2 + min(i, j)",),
       doc="Index of a pair in the strict upper triangle: j * (j - 1) / 2 + i for i < j."),
)  # fmt: skip

_EITHER = "model or sample"

MODEL = (
    Op(0x60, "GETLINE", _reg("r", _EITHER), pops=("i",), pushes=("value",), group="coefficient", section="9.11",
       faults=(_TYPE, _INDEX), looks_at="line", formula=("model: value = reg.linear[i]", "sample: value = reg[i]"),
       doc="Push a linear coefficient of a model, or a value of a sample."),
    Op(0x61, "SETLINE", _reg("rw", _EITHER), pops=("value", "i"), group="coefficient", section="9.11",
       charges_steps=True, faults=(_TYPE, _MEMORY, _STEPS, _INDEX, "SampleOutOfDomain"), selects=("i",),
       steps="model: 13", bytes="model: 32",
       formula=("model: reg.linear[i] = value", "sample: reg[i] = value"),
       doc="Set a linear coefficient of a model, or a value of a sample."),
    Op(0x62, "ADDLINE", _reg("rw", _EITHER), pops=("delta", "i"), group="coefficient", section="9.11",
       charges_steps=True, faults=(_TYPE, _MEMORY, _STEPS, _INDEX, _OVERFLOW, "SampleOutOfDomain"), selects=("i",),
       steps="model: 13", bytes="model: 32",
       looks_at="line", formula=("model: reg.linear[i] += delta", "sample: reg[i] += delta"),
       doc="Add to a linear coefficient of a model, or to a value of a sample."),
    Op(0x63, "GETQUAD", _reg("r", "model"), pops=("j", "i"), pushes=("value",), group="coefficient", section="9.11",
       faults=(_TYPE, _INDEX), looks_at="pair", formula=("value = reg.quad[i, j]",),
       doc="Push a quadratic coefficient."),
    Op(0x64, "SETQUAD", _reg("rw", "model"), pops=("value", "j", "i"), group="coefficient", section="9.11",
       charges_steps=True, faults=(_TYPE, _MEMORY, _STEPS, _INDEX), steps="13", bytes="48", selects=("i", "j"),
       formula=("reg.quad[i, j] = value",),
       doc="Set a quadratic coefficient."),
    Op(0x65, "ADDQUAD", _reg("rw", "model"), pops=("delta", "j", "i"), group="coefficient", section="9.11",
       charges_steps=True, faults=(_TYPE, _MEMORY, _STEPS, _INDEX, _OVERFLOW), steps="13", bytes="48",
       selects=("i", "j"), formula=("reg.quad[i, j] += delta",),
       doc="Add to a quadratic coefficient."),
    Op(0x66, "RESIZE", _reg("rw", _EITHER), pops=("cols", "rows"), group="grid", section="9.12",
       faults=(_GRID, _TYPE), formula=("reg.rows = rows", "reg.cols = cols"),
       doc="Arrange the variables in a grid of rows and columns."),
    Op(0x67, "ROWFIND", _reg("r", _EITHER), pops=("value", "row"), pushes=("col",), group="grid", section="9.12",
       charges_steps=True, faults=(_TYPE, _GRID, _INDEX, _STEPS), steps="3 * reg.cols",
       looks_at="row",
       formula=(
           "model: col = t for first t < reg.cols if reg.linear[row * reg.cols + t] == value else -1",
           "sample: col = t for first t < reg.cols if reg[row * reg.cols + t] == value else -1",
       ),
       doc="Push the first column of a row that holds a value, or -1."),
    Op(0x68, "COLFIND", _reg("r", _EITHER), pops=("value", "col"), pushes=("row",), group="grid", section="9.12",
       charges_steps=True, faults=(_TYPE, _GRID, _INDEX, _STEPS), steps="3 * reg.rows",
       looks_at="column",
       formula=(
           "model: row = t for first t < reg.rows if reg.linear[t * reg.cols + col] == value else -1",
           "sample: row = t for first t < reg.rows if reg[t * reg.cols + col] == value else -1",
       ),
       doc="Push the first row of a column that holds a value, or -1."),
    Op(0x69, "ROWSUM", _reg("r", _EITHER), pops=("row",), pushes=("sum",), group="grid", section="9.12",
       charges_steps=True, faults=(_TYPE, _GRID, _INDEX, _STEPS, _OVERFLOW), steps="3 * reg.cols",
       looks_at="row",
       formula=(
           "model: sum += reg.linear[row * reg.cols + t] for t < reg.cols",
           "sample: sum += reg[row * reg.cols + t] for t < reg.cols",
       ),
       doc="Push the sum of a row of the grid."),
    Op(0x6A, "COLSUM", _reg("r", _EITHER), pops=("col",), pushes=("sum",), group="grid", section="9.12",
       charges_steps=True, faults=(_TYPE, _GRID, _INDEX, _STEPS, _OVERFLOW), steps="3 * reg.rows",
       looks_at="column",
       formula=(
           "model: sum += reg.linear[t * reg.cols + col] for t < reg.rows",
           "sample: sum += reg[t * reg.cols + col] for t < reg.rows",
       ),
       doc="Push the sum of a column of the grid."),
    Op(0x70, "ONEHOTR", _reg("rw", "model"), pops=("penalty", "row"), group="constraint", section="9.13",
       charges_steps=True, faults=(_MEMORY, _STEPS, _TYPE, _GRID, _INDEX, _OVERFLOW),
       steps="13 * (reg.cols + pairs(reg.cols))",
       bytes="32 * reg.cols + 48 * pairs(reg.cols)", selects=("row",), looks_at="grid row",
       formula=(
           "reg.linear[row * reg.cols + t] += -penalty for t < reg.cols",
           "reg.quad[row * reg.cols + s, row * reg.cols + t] += 2 * penalty for s < t < reg.cols",
       ),
       doc="Penalise a grid row unless exactly one variable in it is set."),
    Op(0x71, "ONEHOTC", _reg("rw", "model"), pops=("penalty", "col"), group="constraint", section="9.13",
       charges_steps=True, faults=(_MEMORY, _STEPS, _TYPE, _GRID, _INDEX, _OVERFLOW),
       steps="13 * (reg.rows + pairs(reg.rows))",
       bytes="32 * reg.rows + 48 * pairs(reg.rows)", selects=("col",), looks_at="grid column",
       formula=(
           "reg.linear[t * reg.cols + col] += -penalty for t < reg.rows",
           "reg.quad[s * reg.cols + col, t * reg.cols + col] += 2 * penalty for s < t < reg.rows",
       ),
       doc="Penalise a grid column unless exactly one variable in it is set."),
    Op(0x72, "EXCLUDE", _reg("rw", "model"), pops=("penalty", "j", "i"), group="constraint", section="9.13",
       charges_steps=True, faults=(_MEMORY, _STEPS, _TYPE, _INDEX, _OVERFLOW), steps="13", bytes="48",
       selects=("i", "j"), formula=("reg.quad[i, j] += penalty",),
       doc="Penalise i and j both being set."),
    Op(0x73, "IMPLIES", _reg("rw", "model"), pops=("penalty", "j", "i"), group="constraint", section="9.13",
       charges_steps=True, faults=(_MEMORY, _STEPS, _TYPE, _INDEX, _OVERFLOW), steps="26", bytes="80",
       selects=("i", "j"), formula=("reg.linear[i] += penalty", "reg.quad[i, j] += -penalty"),
       doc="Penalise i being set without j."),
    Op(0x74, "EQUALITY", _reg("w", "model", name="model") + _vectors("r"), pops=("penalty", "target"),
       group="constraint", section="9.13", charges_steps=True,
       faults=(_TYPE, "VecLengthMismatch", _MEMORY, _STEPS, _ALLOCATION, _INDEX, _OVERFLOW),
       steps="13 * (n + pairs(n))",
       bytes="8 * (max(model.size, top(indices)) - model.size) + 32 * n + 48 * pairs(n)", bare=True, looks_at="vectors",
       formula=(
           "n = len(indices)",
           "model.size = max(model.size, top(indices))",
           "model.linear[indices[s]] += penalty * (coeffs[s] * (coeffs[s] - 2 * target)) for s < n",
           "model.quad[indices[s], indices[t]] += 2 * penalty * coeffs[s] * coeffs[t] for s < t < n",
       ),
       doc="Penalise a weighted sum differing from a target."),
    Op(0x75, "ATLEAST", _reg("rw", "model", name="model") + _reg("r", "vec<int>", name="indices"),
       pops=("penalty", "k"), group="constraint", section="9.13", charges_steps=True,
       faults=(_TYPE, _INDEX, _MEMORY, _STEPS, _ALLOCATION, _OVERFLOW),
       steps="13 * (n + slack + pairs(n + slack))",
       bytes="8 * slack + 32 * (n + slack) + 48 * pairs(n + slack)", looks_at="vectors",
       bare=True,
       formula=(
           "n = len(indices)",
           "slack = bits(n - k)",
           "model.size += slack",
           "model.linear[indices[s]] += penalty * (1 - 2 * k) for s < n",
           "model.linear[model.size + s] += penalty * (1 << s) * ((1 << s) + 2 * k) for s < slack",
           "model.quad[indices[s], indices[t]] += 2 * penalty for s < t < n",
           "model.quad[indices[s], model.size + t] += -2 * penalty * (1 << t) for s < n, t < slack",
           "model.quad[model.size + s, model.size + t] += 2 * penalty * (1 << s) * (1 << t) for s < t < slack",
       ),
       doc="Penalise fewer than k variables being set, with slack variables appended to the model."),
    Op(0x76, "ATLEASTW", _reg("w", "model", name="model") + _vectors("r"), pops=("penalty", "k"),
       group="constraint", section="9.13", charges_steps=True,
       faults=(_TYPE, "VecLengthMismatch", _INDEX, _OVERFLOW, _MEMORY, _STEPS, _ALLOCATION),
       steps="13 * (n + slack + pairs(n + slack))",
       bytes="8 * slack + 32 * (n + slack) + 48 * pairs(n + slack)", looks_at="vectors",
       bare=True,
       formula=(
           "n = len(indices)",
           "slack = bits(sum(coeffs) - k)",
           "model.size += slack",
           "model.linear[indices[s]] += penalty * (coeffs[s] * (coeffs[s] - 2 * k)) for s < n",
           "model.linear[model.size + s] += penalty * (1 << s) * ((1 << s) + 2 * k) for s < slack",
           "model.quad[indices[s], indices[t]] += 2 * penalty * coeffs[s] * coeffs[t] for s < t < n",
           "model.quad[indices[s], model.size + t] += -2 * penalty * coeffs[s] * (1 << t) for s < n, t < slack",
           "model.quad[model.size + s, model.size + t] += 2 * penalty * (1 << s) * (1 << t) for s < t < slack",
       ),
       doc="Penalise a weighted sum below k, with slack variables appended to the model."),
    Op(0x77, "REDUCE", _reg("rw", "model", name="model"), pops=("penalty", "j", "i"), pushes=("index",),
       group="constraint", section="9.13", charges_steps=True,
       faults=(_MEMORY, _STEPS, _TYPE, _INDEX, _OVERFLOW, _ALLOCATION), steps="52", bytes="8 + 176",
       selects=("i", "j"), looks_at="size", bare=True,
       formula=(
           "index = model.size",
           "model.size += 1",
           "model.quad[i, j] += penalty",
           "model.quad[i, model.size] += -2 * penalty",
           "model.quad[j, model.size] += -2 * penalty",
           "model.linear[model.size] += 3 * penalty",
       ),
       doc="Append a variable that stands for the product of i and j, and push its index."),
    Op(0x7F, "ENERGY", _reg("r", "model", name="model") + _reg("r", "sample", name="sample"), pushes=("energy",),
       group="energy", section="9.14", charges_steps=True,
       faults=(_TYPE, _STEPS, "SizeMismatch", _OVERFLOW, "StackOverflow"),
       steps="1 for each value of the sample and each coefficient of the model",
       formula=(
           "energy += model.linear[s] * sample[s] for s < model.size",
           "energy += model.quad[s, t] * sample[s] * sample[t] for s <= t < model.size",
       ),
       doc="Push the energy of a sample under a model."),
)  # fmt: skip

_ROWS = (*CONTROL, *REGISTERS, *STACK, *ARITHMETIC, *COMPARE, *ALLOCATE, *VECTOR, *MODEL)

_PLACES = """\
  r3                     a register           stack[-1]      the top of the stack; stack[0] is the bottom
  r3[4]                  an element           loop[0].index  of an open loop
  r0.linear[2]           a linear term        in[0] out[0]   an input, an output
  r0.quad[1,5]           a quadratic term     pc             where the machine stands
  r0.rows                a size               steps bytes    what was spent; steps.limit: its limit
"""

ISA = Isa("xqvm", (replace(row, conditions=conditions_of(row)) for row in _ROWS), Wording(places=_PLACES))
