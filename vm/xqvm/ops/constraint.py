"""Constraints that expand into many coefficients (XQVM reference, sections 9.13 and 10).

Deltas are computed, checked and applied one after another; those applied before a fault stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.metering import (
    COEFFICIENT_STEPS,
    LINEAR_BYTES,
    PAIR_BYTES,
    VARIABLE_BYTES,
    expansion_bytes,
    expansion_steps,
)
from vm.xqvm.model import SIZE_MAX, Model, Vec, checked, kind_of
from vm.xqvm.ops.model import check_index, col_indices, model_in, row_indices

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def _numbers(m: XqvmMachine, reg: int) -> list[int]:
    vec = m.regs[reg]
    if type(vec) is not Vec:
        raise Fault("RegisterType", reg=reg, expected="vec<int>", got=kind_of(vec))
    return vec.items


def _onehot(m: XqvmMachine, reg: int, indices: range, penalty: int) -> None:
    once = checked(-penalty)
    twice = checked(2 * penalty)
    model, put = m.own_model(reg), m.coefficients
    for i in indices:
        put.add_linear(model, i, once)
    for n, i in enumerate(indices):
        for j in indices[n + 1 :]:
            put.add_quad(model, i, j, twice)


@ISA.implements("ONEHOTR")
def one_hot_row(m: XqvmMachine, stack: list[int], reg: int) -> None:
    penalty = stack.pop()
    row = stack.pop()
    value = m.regs[reg]
    n = value.cols if isinstance(value, Model) else 0
    m.charge(expansion_bytes(n), expansion_steps(n))
    _onehot(m, reg, row_indices(model_in(m, reg), row), penalty)


@ISA.implements("ONEHOTC")
def one_hot_column(m: XqvmMachine, stack: list[int], reg: int) -> None:
    penalty = stack.pop()
    col = stack.pop()
    value = m.regs[reg]
    n = value.rows if isinstance(value, Model) else 0
    m.charge(expansion_bytes(n), expansion_steps(n))
    _onehot(m, reg, col_indices(model_in(m, reg), col), penalty)


@ISA.implements("EXCLUDE")
def exclude(m: XqvmMachine, stack: list[int], reg: int) -> None:
    penalty = stack.pop()
    j = stack.pop()
    i = stack.pop()
    m.charge(PAIR_BYTES, COEFFICIENT_STEPS)
    model = model_in(m, reg)
    check_index(i, model.size)
    check_index(j, model.size)
    m.coefficients.add_quad(m.own_model(reg), i, j, penalty)


@ISA.implements("IMPLIES")
def imply(m: XqvmMachine, stack: list[int], reg: int) -> None:
    penalty = stack.pop()
    j = stack.pop()
    i = stack.pop()
    m.charge(LINEAR_BYTES + PAIR_BYTES, 2 * COEFFICIENT_STEPS)
    model = model_in(m, reg)
    check_index(i, model.size)
    check_index(j, model.size)
    negated = checked(-penalty)
    model = m.own_model(reg)
    m.coefficients.add_linear(model, i, penalty)
    m.coefficients.add_quad(model, i, j, negated)


def _grow(m: XqvmMachine, reg: int, size: int) -> Model:
    """The model in a register, owned and of the given size."""
    if size > SIZE_MAX:
        raise Fault("InvalidAllocation", size=size)
    model = m.own_model(reg)
    if size > model.size:
        m.coefficients.grow(model, size)
    return model


def _expand(m: XqvmMachine, model: Model, indices: Sequence[int], coeffs: Sequence[int], target: int, p: int) -> None:
    """Apply the penalty p * (sum of c*x - target)**2 without its constant (section 10.4, steps 3 to 6)."""
    put = m.coefficients
    twice_target = checked(2 * target)
    for i, c in zip(indices, coeffs, strict=True):
        put.add_linear(model, i, checked(p * checked(c * checked(c - twice_target))))
    twice = checked(2 * p)
    for n, (i, c) in enumerate(zip(indices, coeffs, strict=True)):
        for other in range(n + 1, len(indices)):
            # The factor is checked inside the inner loop: without a pair it must not fault.
            put.add_quad(model, i, indices[other], checked(checked(twice * c) * coeffs[other]))


@ISA.implements("EQUALITY")
def equality(m: XqvmMachine, stack: list[int], operands: tuple[int, int, int]) -> None:
    penalty = stack.pop()
    target = stack.pop()
    reg, index_reg, coeff_reg = operands
    indices = _numbers(m, index_reg)
    coeffs = _numbers(m, coeff_reg)
    _check_lengths(indices, coeffs)
    value = m.regs[reg]
    size = value.size if isinstance(value, Model) else 0
    wanted = max(max(indices, default=-1) + 1, size)
    if wanted > size:
        m.charge(VARIABLE_BYTES * (wanted - size), 0)
    m.charge(expansion_bytes(len(indices)), expansion_steps(len(indices)))
    model_in(m, reg)
    model = _grow(m, reg, wanted)
    for i in indices:
        check_index(i, model.size)
    _expand(m, model, indices, coeffs, target, penalty)


def _check_lengths(indices: list[int], coeffs: list[int]) -> None:
    if len(indices) != len(coeffs):
        raise Fault("VecLengthMismatch", what="indices", a=len(indices), other="coeffs", b=len(coeffs))


@ISA.implements("ATLEAST")
def at_least(m: XqvmMachine, stack: list[int], operands: tuple[int, int]) -> None:
    penalty = stack.pop()
    k = stack.pop()
    indices = _numbers(m, operands[1])
    if not 0 < k <= len(indices):
        raise Fault("IndexOutOfBounds", index=k, len=len(indices))
    _at_least(m, operands[0], indices, [1] * len(indices), k, penalty)


@ISA.implements("ATLEASTW")
def at_least_weighted(m: XqvmMachine, stack: list[int], operands: tuple[int, int, int]) -> None:
    penalty = stack.pop()
    k = stack.pop()
    indices = _numbers(m, operands[1])
    coeffs = _numbers(m, operands[2])
    _check_lengths(indices, coeffs)
    if k <= 0:
        raise Fault("IndexOutOfBounds", index=k, len=len(indices))
    _at_least(m, operands[0], indices, coeffs, k, penalty)


def _at_least(m: XqvmMachine, reg: int, indices: list[int], coeffs: list[int], k: int, penalty: int) -> None:
    total = 0
    for c in coeffs:
        total = checked(total + c)
    excess = checked(total - k)
    slack = excess.bit_length() if excess > 0 else 0
    if slack:
        m.charge(VARIABLE_BYTES * slack, 0)
    n = len(indices) + slack
    m.charge(expansion_bytes(n), expansion_steps(n))
    base = model_in(m, reg).size
    for i in indices:
        check_index(i, base)
    model = _grow(m, reg, base + slack)
    _expand(m, model, [*indices, *range(base, base + slack)], [*coeffs, *(-(1 << b) for b in range(slack))], k, penalty)


@ISA.implements("REDUCE")
def reduce_product(m: XqvmMachine, stack: list[int], operands: int) -> None:
    penalty = stack.pop()
    j = stack.pop()
    i = stack.pop()
    m.charge(VARIABLE_BYTES, 0)
    m.charge(LINEAR_BYTES + 3 * PAIR_BYTES, 4 * COEFFICIENT_STEPS)
    size = model_in(m, operands).size
    check_index(i, size)
    check_index(j, size)
    minus_twice = checked(-2 * penalty)
    thrice = checked(3 * penalty)
    model, put = _grow(m, operands, size + 1), m.coefficients
    put.add_quad(model, i, j, penalty)
    put.add_quad(model, i, size, minus_twice)
    put.add_quad(model, j, size, minus_twice)
    put.add_linear(model, size, thrice)
    stack.append(size)
