"""Registers and the host's slots (XQVM reference, section 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.metering import copy_bytes, copy_steps
from vm.xqvm.model import kind_of, share

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


@ISA.implements("LOAD")
def load(m: XqvmMachine, stack: list[int], reg: int) -> None:
    value = m.regs[reg]
    if type(value) is not int:
        if value is None:
            raise Fault("UnsetRegister", reg=reg)
        raise Fault("RegisterType", reg=reg, expected="int", got=kind_of(value))
    stack.append(value)


@ISA.implements("STOW")
def stow(m: XqvmMachine, stack: list[int], reg: int) -> None:
    m.regs[reg] = stack.pop()


@ISA.implements("DROP")
def drop(m: XqvmMachine, stack: list[int], reg: int) -> None:
    m.regs[reg] = None


@ISA.implements("INPUT")
def read_calldata(m: XqvmMachine, stack: list[int], reg: int) -> None:
    slot = stack.pop()
    calldata = m.calldata
    if not 0 <= slot < len(calldata):
        raise Fault("CallDataIndex", index=slot, len=len(calldata))
    value = calldata[slot]
    m.charge(copy_bytes(value), copy_steps(value))
    m.regs[reg] = share(value)


@ISA.implements("OUTPUT")
def write_output(m: XqvmMachine, stack: list[int], reg: int) -> None:
    slot = stack.pop()
    value = m.regs[reg]
    m.charge(copy_bytes(value), copy_steps(value))
    if value is None:
        raise Fault("UnsetRegister", reg=reg)
    outputs = m.output_slots
    if not 0 <= slot < len(outputs):
        raise Fault("OutputIndex", index=slot, len=len(outputs))
    outputs[slot] = share(value)
