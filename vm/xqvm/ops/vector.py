"""Allocation and vectors (XQVM reference, sections 9.8 and 9.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.metering import ELEMENT_BYTES, VARIABLE_BYTES
from vm.xqvm.model import BINARY, INT_MAX, SIZE_MAX, SPIN, Domain, Model, Sample, Vec, VecX, kind_of

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


def _domain(name: str, stack: list[int]) -> Domain:
    """The domain of an allocator, popping k if it has one; checked after all operands are popped."""
    if "k" in ISA.by_name[name].pops:
        return Domain("integer", stack.pop())
    return BINARY if name in ("BQMX", "BSMX") else SPIN


def _check_allocation(m: XqvmMachine, domain: Domain, size: int) -> None:
    if domain.k is not None and domain.k < 2:
        raise Fault("InvalidIntegerK", k=domain.k)
    if size < 0:
        raise Fault("InvalidAllocation", size=size)
    m.charge(VARIABLE_BYTES * size, 0)
    if size > SIZE_MAX:
        raise Fault("InvalidAllocation", size=size)


def _allocate_model(name: str) -> None:
    @ISA.implements(name)
    def allocate(m: XqvmMachine, stack: list[int], reg: int) -> None:
        domain = _domain(name, stack)
        size = stack.pop()
        _check_allocation(m, domain, size)
        m.regs[reg] = Model(domain, size, owner=m.token)


def _allocate_sample(name: str) -> None:
    @ISA.implements(name)
    def allocate(m: XqvmMachine, stack: list[int], reg: int) -> None:
        domain = _domain(name, stack)
        size = stack.pop()
        _check_allocation(m, domain, size)
        m.charge(0, size)
        m.regs[reg] = Sample(domain, [domain.initial] * size, owner=m.token)


for _name in ("BQMX", "SQMX", "XQMX"):
    _allocate_model(_name)
for _name in ("BSMX", "SSMX", "XSMX"):
    _allocate_sample(_name)


@ISA.implements("VEC", "VECI")
def new_vector(m: XqvmMachine, stack: list[int], reg: int) -> None:
    m.regs[reg] = Vec([], m.token)


@ISA.implements("VECX")
def new_model_vector(m: XqvmMachine, stack: list[int], reg: int) -> None:
    m.regs[reg] = VecX()


def _vector(m: XqvmMachine, reg: int) -> Vec:
    vec = m.regs[reg]
    if type(vec) is not Vec:
        raise Fault("RegisterType", reg=reg, expected="vec<int>", got=kind_of(vec))
    return vec


@ISA.implements("VECPUSH")
def append_element(m: XqvmMachine, stack: list[int], reg: int) -> None:
    value = stack.pop()
    m.charge(ELEMENT_BYTES, 0)
    vec = _vector(m, reg)
    if vec.owner is not m.token:
        vec = m.own_vector(reg)
    vec.items.append(value)


@ISA.implements("VECGET")
def get_element(m: XqvmMachine, stack: list[int], reg: int) -> None:
    index = stack.pop()
    vec = m.regs[reg]
    if type(vec) is not Vec:
        raise Fault("RegisterType", reg=reg, expected="vec<int>", got=kind_of(vec))
    items = vec.items
    if not 0 <= index < len(items):
        raise Fault("IndexOutOfBounds", index=index, len=len(items))
    stack.append(items[index])


@ISA.implements("VECSET")
def set_element(m: XqvmMachine, stack: list[int], reg: int) -> None:
    value = stack.pop()
    index = stack.pop()
    vec = _vector(m, reg)
    if not 0 <= index < len(vec.items):
        raise Fault("IndexOutOfBounds", index=index, len=len(vec.items))
    if vec.owner is not m.token:
        vec = m.own_vector(reg)
    vec.items[index] = value


@ISA.implements("VECLEN")
def vector_length(m: XqvmMachine, stack: list[int], reg: int) -> None:
    vec = m.regs[reg]
    if isinstance(vec, Vec):
        stack.append(len(vec.items))
    elif isinstance(vec, VecX):
        stack.append(0)
    else:
        raise Fault("RegisterType", reg=reg, expected="vec", got=kind_of(vec))


@ISA.implements("SLACK")
def append_slack(m: XqvmMachine, stack: list[int], operands: tuple[int, int]) -> None:
    capacity = stack.pop()
    start = stack.pop()
    for reg in operands:
        if m.regs[reg] is None:
            raise Fault("UnsetRegister", reg=reg)
        _vector(m, reg)
    if capacity <= 0:
        return
    bits = capacity.bit_length()
    m.charge(2 * ELEMENT_BYTES * bits, 2 * bits)
    indices = m.own_vector(operands[0]).items
    for index in range(start, start + bits):
        if index > INT_MAX:
            raise Fault("ArithmeticOverflow")
        indices.append(index)
    m.own_vector(operands[1]).items.extend(1 << bit for bit in range(bits))
