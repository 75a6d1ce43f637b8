"""What one instruction read and wrote, place by place, told from the state on either side of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Effect, Place, PlaceError, Read, Span, Status, Trail, Value, Write
from vm.isa import Flow, Op, OperandKind
from vm.pvm import places
from vm.pvm.accesses import access_of
from vm.pvm.blocks import Step
from vm.pvm.memory import PAGE, WRITABLE
from vm.pvm.places import register_place

if TYPE_CHECKING:
    from vm.pvm.engine import Engine

_PC, _HEAP = Place("pc"), Place("heap")


class Look:
    """How to tell what one instruction does, worked out once."""

    __slots__ = ("access", "group", "leaves", "name", "reads", "writes")

    def __init__(self, step: Step) -> None:
        op = step.op
        self.name = "" if op is None else op.name
        self.group = "" if op is None else op.group
        self.access = None if op is None else access_of(op)
        self.leaves = op is not None and op.flow in (Flow.JUMP, Flow.BRANCH)
        self.reads = () if op is None else tuple(_read_registers(op, step.operands))
        """Numbers of registers, and whether each chooses where something is written or where control goes."""
        self.writes = -1 if op is None else _written_register(op, step.operands)


def _read_registers(op: Op, operands: dict[str, int]) -> list[tuple[int, bool]]:
    found: dict[int, bool] = {}
    for operand in op.operands:
        if operand.kind is OperandKind.REGISTER and "r" in operand.access:
            number, selects = operands[operand.name], operand.name in op.selects
            found[number] = selects and found.get(number, True)
    return list(found.items())


def _written_register(op: Op, operands: dict[str, int]) -> int:
    """The register an instruction may write; -1 if it writes none."""
    written = (operands[o.name] for o in op.operands if o.kind is OperandKind.REGISTER and "w" in o.access)
    return next(written, -1)


def observe(machine: Engine, trail: Trail | None = None) -> Effect:
    """Execute one instruction and tell what it did."""
    tick, pc = machine.tick, machine.pc
    step = machine.instruction_at(pc)
    look = step.look
    if look is None:
        look = step.look = Look(step)
    if machine.gas < 1:
        machine.step(trail)
        return Effect(tick, pc, look.name, (), (), (("gas", 0),), machine.fault)
    used, registers = machine.gas_used, tuple(machine.regs)
    reads = [Read(register_place(number), registers[number], selects) for number, selects in look.reads]
    watched = _watched(machine, step, look)
    if look.access is None or not look.access.stores:
        reads += [Read(place, value) for place, value in watched if value is not None and place.name in ("mem", "heap")]
    old = {place: value for place, value in watched}
    machine.step(trail)
    writes = _writes(machine, step, look, registers, old)
    return Effect(tick, pc, look.name, tuple(reads), tuple(writes), (("gas", machine.gas_used - used),), machine.fault)


def _watched(machine: Engine, step: Step, look: Look) -> list[tuple[Place, Value]]:
    """The places besides registers that an instruction is about to read or write, with what is there."""
    if look.access is not None:
        place = Place("mem", (Span(look.access.address(step.operands, machine.regs), look.access.size),))
        return [(place, _held(machine, place))]
    if look.group == "heap":
        return [(_HEAP, machine.memory.heap)]
    if look.group == "host":
        answer = machine.coming_answer(step.operands["x"])
        return [] if answer is None else [(place, _held(machine, place)) for place, _ in answer.reply.writes]
    return []


def _held(machine: Engine, place: Place) -> Value:
    try:
        return places.get(machine, place)
    except PlaceError:
        return None


def _writes(machine: Engine, step: Step, look: Look, registers: Sequence[int], old: dict[Place, Value]) -> list[Write]:
    """What became of the places; a value written over an equal one counts as well."""
    writes: list[Write] = []
    fault = machine.fault
    if look.writes >= 0 and (fault is None or look.leaves) and _moves(step, look, registers):
        number = look.writes
        writes.append(Write(register_place(number), registers[number], machine.regs[number]))
    if fault is None:
        if look.group == "heap":
            writes += _grown(machine, old)
        elif look.group == "host" or (look.access is not None and look.access.stores):
            writes += [Write(places.resolve(place), value, _held(machine, place)) for place, value in old.items()]
        if look.leaves and machine.status is Status.READY and machine.pc != step.next:
            writes.append(Write(_PC, step.instruction.pc, machine.pc))
    return writes


def _moves(step: Step, look: Look, registers: Sequence[int]) -> bool:
    """Whether an instruction writes its register: a conditional move does if its condition holds."""
    if not look.name.startswith("cmov"):
        return True
    return (registers[step.operands["b"]] == 0) == look.name.startswith("cmov_iz")


def _grown(machine: Engine, old: dict[Place, Value]) -> list[Write]:
    """The break, and the pages that became writable."""
    was, now = old[_HEAP], machine.memory.heap
    if not isinstance(was, int) or was == now:
        return []
    first, end = -(-was // PAGE) * PAGE, -(-now // PAGE) * PAGE
    grown = [Write(_HEAP, was, now)]
    if first < end:
        grown.append(Write(Place("rights", (Span(first, end - first),)), 0, WRITABLE))
    return grown
