"""Coefficients, grids and energies (XQVM reference, sections 9.11, 9.12 and 9.14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.metering import CELL_STEPS, COEFFICIENT_STEPS, LINEAR_BYTES, PAIR_BYTES
from vm.xqvm.model import INT_MAX, INT_MIN, Model, Sample, kind_of

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def model_in(m: XqvmMachine, reg: int) -> Model:
    """The model in a register."""
    value = m.regs[reg]
    if type(value) is not Model:
        raise Fault("RegisterType", reg=reg, expected="model", got=kind_of(value))
    return value


def _either_in(m: XqvmMachine, reg: int) -> Model | Sample:
    value = m.regs[reg]
    if not isinstance(value, Model | Sample):
        raise Fault("RegisterType", reg=reg, expected="model|sample", got=kind_of(value))
    return value


def check_index(index: int, size: int) -> None:
    """Refuse an index outside [0, size)."""
    if not 0 <= index < size:
        raise Fault("IndexOutOfBounds", index=index, len=size)


@ISA.implements("GETLINE")
def get_linear(m: XqvmMachine, stack: list[int], reg: int) -> None:
    i = stack.pop()
    value = _either_in(m, reg)
    check_index(i, value.size)
    stack.append(value.line(i))


@ISA.implements("SETLINE")
def set_linear(m: XqvmMachine, stack: list[int], reg: int) -> None:
    value = stack.pop()
    i = stack.pop()
    target = _either_in(m, reg)
    if isinstance(target, Sample):
        check_index(i, target.size)
        _put_sample(m, reg, i, value)
        return
    m.charge(LINEAR_BYTES, COEFFICIENT_STEPS)
    check_index(i, target.size)
    m.coefficients.set_linear(m.own_model(reg), i, value)


@ISA.implements("ADDLINE")
def add_linear(m: XqvmMachine, stack: list[int], reg: int) -> None:
    delta = stack.pop()
    i = stack.pop()
    target = _either_in(m, reg)
    if isinstance(target, Sample):
        check_index(i, target.size)
        total = target.values[i] + delta
        if not INT_MIN <= total <= INT_MAX:
            raise Fault("ArithmeticOverflow")
        _put_sample(m, reg, i, total)
        return
    m.charge(LINEAR_BYTES, COEFFICIENT_STEPS)
    check_index(i, target.size)
    m.coefficients.add_linear(m.own_model(reg), i, delta)


def _put_sample(m: XqvmMachine, reg: int, i: int, value: int) -> None:
    sample = m.own_sample(reg)
    if value not in sample.domain:
        raise Fault("SampleOutOfDomain", index=i, value=value, domain=str(sample.domain))
    sample.values[i] = value


@ISA.implements("GETQUAD")
def get_quadratic(m: XqvmMachine, stack: list[int], reg: int) -> None:
    j = stack.pop()
    i = stack.pop()
    model = model_in(m, reg)
    check_index(i, model.size)
    check_index(j, model.size)
    stack.append(model.pair(i, j))


@ISA.implements("SETQUAD")
def set_quadratic(m: XqvmMachine, stack: list[int], reg: int) -> None:
    value = stack.pop()
    j = stack.pop()
    i = stack.pop()
    model = model_in(m, reg)
    m.charge(PAIR_BYTES, COEFFICIENT_STEPS)
    check_index(i, model.size)
    check_index(j, model.size)
    m.coefficients.set_quad(m.own_model(reg), i, j, value)


@ISA.implements("ADDQUAD")
def add_quadratic(m: XqvmMachine, stack: list[int], reg: int) -> None:
    delta = stack.pop()
    j = stack.pop()
    i = stack.pop()
    model = model_in(m, reg)
    m.charge(PAIR_BYTES, COEFFICIENT_STEPS)
    check_index(i, model.size)
    check_index(j, model.size)
    m.coefficients.add_quad(m.own_model(reg), i, j, delta)


@ISA.implements("RESIZE")
def resize(m: XqvmMachine, stack: list[int], reg: int) -> None:
    cols = stack.pop()
    rows = stack.pop()
    if rows <= 0 or cols <= 0:
        raise Fault("InvalidGridDimensions", rows=rows, cols=cols)
    target = _either_in(m, reg)
    if rows * cols > target.size:
        raise Fault("InvalidGridDimensions", rows=rows, cols=cols)
    target = m.own_model(reg) if isinstance(target, Model) else m.own_sample(reg)
    target.rows, target.cols = rows, cols


def row_indices(value: Model | Sample, row: int) -> range:
    """The variables of a grid row."""
    _check_grid(value, row, value.rows)
    return range(row * value.cols, (row + 1) * value.cols)


def col_indices(value: Model | Sample, col: int) -> range:
    """The variables of a grid column."""
    _check_grid(value, col, value.cols)
    return range(col, value.rows * value.cols, value.cols)


def _check_grid(value: Model | Sample, line: int, lines: int) -> None:
    if not value.rows:
        raise Fault("InvalidGridDimensions", rows=0, cols=0)
    check_index(line, lines)


def _find(m: XqvmMachine, stack: list[int], target: Model | Sample, indices: range, wanted: int) -> None:
    m.charge(0, CELL_STEPS * len(indices))
    stack.append(next((n for n, i in enumerate(indices) if target.line(i) == wanted), -1))


def _sum(m: XqvmMachine, stack: list[int], target: Model | Sample, indices: range) -> None:
    m.charge(0, CELL_STEPS * len(indices))
    total = 0
    for i in indices:
        total += target.line(i)
        if not INT_MIN <= total <= INT_MAX:
            raise Fault("ArithmeticOverflow")
    stack.append(total)


@ISA.implements("ROWFIND")
def find_in_row(m: XqvmMachine, stack: list[int], reg: int) -> None:
    wanted = stack.pop()
    row = stack.pop()
    target = _either_in(m, reg)
    _find(m, stack, target, row_indices(target, row), wanted)


@ISA.implements("COLFIND")
def find_in_column(m: XqvmMachine, stack: list[int], reg: int) -> None:
    wanted = stack.pop()
    col = stack.pop()
    target = _either_in(m, reg)
    _find(m, stack, target, col_indices(target, col), wanted)


@ISA.implements("ROWSUM")
def sum_row(m: XqvmMachine, stack: list[int], reg: int) -> None:
    row = stack.pop()
    target = _either_in(m, reg)
    _sum(m, stack, target, row_indices(target, row))


@ISA.implements("COLSUM")
def sum_column(m: XqvmMachine, stack: list[int], reg: int) -> None:
    col = stack.pop()
    target = _either_in(m, reg)
    _sum(m, stack, target, col_indices(target, col))


@ISA.implements("ENERGY")
def push_energy(m: XqvmMachine, stack: list[int], operands: tuple[int, int]) -> None:
    model = model_in(m, operands[0])
    sample = m.regs[operands[1]]
    if type(sample) is not Sample:
        raise Fault("RegisterType", reg=operands[1], expected="sample", got=kind_of(sample))
    m.charge(0, sample.size + model.terms)
    if model.size != sample.size:
        raise Fault("SizeMismatch", model_size=model.size, sample_len=sample.size)
    stack.append(model.energy(sample))
