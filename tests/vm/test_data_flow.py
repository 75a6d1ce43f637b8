"""What an instruction writes depends on nothing but what its effect says it read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from vm.contract import Effect, Place, Span
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model, Sample, Vec
from vm.xqvm.program import Program

Change = Callable[[XqvmMachine], None]
NUMBERS = (-(1 << 63), -7, -1, 0, 1, 2, 3, 6, 1 << 40)


def changes(machine: XqvmMachine, chance: random.Random) -> Iterator[tuple[Place, Change]]:
    """Every place that can be changed alone, and how to put another value of the same kind there."""
    for index, value in enumerate(machine.stack):
        yield _set(Place("stack", ((index,),)), _other(value, chance))
    for level, loop in enumerate(machine.loops):
        if loop.index > (0 if loop.elements is None else loop.offset):
            yield _set(Place("loop", ((level,), "index")), loop.index - 1)
        if loop.last - 1 > loop.index:
            yield _set(Place("loop", ((level,), "end")), loop.last - 1)
    for slot, supplied in enumerate(machine.calldata):
        yield _set(Place("in", ((slot,),)), _other(supplied, chance) if isinstance(supplied, int) else 5)
    for slot in range(len(machine.output_slots)):
        yield _set(Place("out", ((slot,),)), chance.choice(NUMBERS))
    for reg, held in enumerate(machine.regs[:9]):
        name = f"r{reg}"
        match held:
            case None:
                continue
            case int():
                yield _set(Place(name), _other(held, chance))
            case Vec():
                yield from (_set(Place(name, ((n,),)), _other(item, chance)) for n, item in enumerate(held.items))
                yield Place(name, ("length",)), _with(reg, lambda vec: Vec([*vec.items, 3]))
            case Sample():
                members = {"binary": (0, 1), "spin": (-1, 1)}.get(held.domain.name) or range(held.domain.k or 2)
                for n, item in enumerate(held.values):
                    yield _set(Place(name, ((n,),)), chance.choice([x for x in members if x != item]))
                yield from _shapes(name, reg, held, chance)
            case Model():
                yield from (_set(Place(name, ("linear", (i,))), _other(held.line(i), chance)) for i in range(held.size))
                for i in range(held.size):
                    for j in range(i, held.size):
                        yield _set(Place(name, ("quad", (i, j))), _other(held.pair(i, j), chance))
                yield Place(name, ("size",)), _with(reg, _grown)
                yield from _shapes(name, reg, held, chance)


def _set(place: Place, value: object) -> tuple[Place, Change]:
    return place, lambda machine: machine.set(place, value)


def _with(reg: int, made: Callable[..., Vec | Model | Sample]) -> Change:
    def change(machine: XqvmMachine) -> None:
        machine.regs[reg] = made(machine.regs[reg])

    return change


def _grown(model: Model) -> Model:
    copy = model.clone(None)
    copy.size += 1
    return copy


def _shapes(name: str, reg: int, value: Model | Sample, chance: random.Random) -> Iterator[tuple[Place, Change]]:
    for attribute, other in (("rows", value.cols), ("cols", value.rows)):
        held = getattr(value, attribute)
        fitting = [n for n in range(1, 9) if n != held and n * other <= value.size] if other else []
        if fitting:
            yield Place(name, (attribute,)), _with(reg, _shaped(attribute, chance.choice(fitting)))


def _shaped(attribute: str, number: int) -> Callable[[Model | Sample], Model | Sample]:
    def made(value: Model | Sample) -> Model | Sample:
        copy = value.clone(None)
        setattr(copy, attribute, number)
        return copy

    return made


def _other(value: int, chance: random.Random) -> int:
    return chance.choice([number for number in (*NUMBERS, value + 1 if value < 9 else 0) if number != value])


def overlap(one: Place, other: Place) -> bool:
    """Whether one of two places is the other, or a part of it."""
    if one.name != other.name:
        return False
    for a, b in zip(one.path, other.path, strict=False):
        if isinstance(a, Span) and isinstance(b, tuple):
            return a.start <= b[0] < a.start + a.count
        if isinstance(b, Span) and isinstance(a, tuple):
            return b.start <= a[0] < b.start + b.count
        if a != b:
            return {a, b} == {"index", "value"}  # they move together
    return True


def observed(machine: XqvmMachine) -> Effect:
    effects: list[Effect] = []
    machine.run(1, None, effects.append)
    return effects[0]


def written(effect: Effect) -> list[tuple[Place, object]]:
    return [(write.place, write.new) for write in effect.writes]


def check(machine: XqvmMachine, chance: random.Random, most: int) -> Effect:
    """Execute an instruction again with one other place changed, for up to so many places."""
    before = machine.checkpoint()
    effect = observed(machine)
    after = machine.checkpoint()
    if effect.fault is None:
        machine.restore(before)
        read = [read.place for read in effect.reads]
        several = [
            (place, change) for place, change in changes(machine, chance) if not any(overlap(place, r) for r in read)
        ]
        for place, change in chance.sample(several, min(most, len(several))):
            machine.restore(before)
            change(machine)
            again = observed(machine)
            assert again.fault is not None or written(again) == written(effect), (effect.op, str(place))
    machine.restore(after)
    return effect


@given(st.integers(0, 1 << 40))
@settings(max_examples=60, deadline=None)
def test_a_place_that_was_not_read_changes_nothing(seed: int) -> None:
    generator = Generator(seed)
    machine = XqvmMachine(Program(generator.program()), **generator.inputs())
    lines = {line.pc: line for line in machine.code()}
    chance = random.Random(seed)
    for _ in range(120):
        if machine.status.ended:
            break
        effect = check(machine, chance, 4)
        line = lines.get(effect.pc)
        if line is not None:
            assert {read.place.name for read in effect.reads} <= line.reads
            assert {write.place.name for write in effect.writes} <= line.writes


HEAD = """
PUSH 6
BQMX r0
PUSH 2
PUSH 3
RESIZE r0
PUSH 6
SSMX r1
PUSH 3
PUSH 2
RESIZE r1
VEC r2
PUSH 1
VECPUSH r2
PUSH 4
VECPUSH r2
VEC r3
PUSH 2
VECPUSH r3
PUSH 3
VECPUSH r3
PUSH 1
PUSH 4
PUSH 9
SETQUAD r0
PUSH 7
STOW r4
"""
"""A model of 6 in a 2x3 grid, a sample of 6 in a 3x2 grid, two vectors of 2, and an integer."""


@pytest.mark.parametrize(
    ("text", "reads", "selecting"),
    [
        ("PUSH 1\nPUSH 5\nVECSET r2", "stack[1]", "stack[0]"),
        ("PUSH 5\nVECPUSH r2", "stack[0]", "r2.length"),
        ("VECLEN r2", "r2.length", ""),
        ("PUSH 1\nVECGET r2", "stack[0] r2[1]", ""),
        ("PUSH 3\nPUSH 6\nSLACK r2 r3", "stack[0]", "stack[1] r2.length r3.length"),
        ("PUSH 4\nPUSH 5\nSETLINE r0", "stack[1]", "stack[0]"),
        ("PUSH 4\nPUSH 1\nSETLINE r1", "stack[1]", "stack[0]"),
        ("PUSH 4\nPUSH 5\nADDLINE r0", "stack[1] r0.linear[4]", "stack[0]"),
        ("PUSH 4\nPUSH 2\nADDLINE r1", "stack[1] r1[4]", "stack[0]"),
        ("PUSH 4\nGETLINE r0", "stack[0] r0.linear[4]", ""),
        ("PUSH 4\nPUSH 1\nGETQUAD r0", "stack[0] stack[1] r0.quad[1,4]", ""),
        ("PUSH 4\nPUSH 1\nPUSH 2\nSETQUAD r0", "stack[2]", "stack[0] stack[1]"),
        ("PUSH 4\nPUSH 1\nPUSH 2\nADDQUAD r0", "stack[2] r0.quad[1,4]", "stack[0] stack[1]"),
        ("PUSH 3\nPUSH 2\nRESIZE r0", "stack[0] stack[1]", ""),
        ("PUSH 1\nROWSUM r0", "stack[0] r0.cols r0.linear[3] r0.linear[4] r0.linear[5]", ""),
        ("PUSH 1\nCOLSUM r1", "stack[0] r1.rows r1.cols r1[1] r1[3] r1[5]", ""),
        ("PUSH 1\nPUSH 1\nROWFIND r1", "stack[0] stack[1] r1.cols r1[2] r1[3]", ""),
        (
            "PUSH 1\nPUSH 8\nONEHOTR r0",
            "stack[1] r0.linear[3] r0.linear[4] r0.linear[5] r0.quad[3,4] r0.quad[3,5] r0.quad[4,5]",
            "stack[0] r0.cols",
        ),
        ("PUSH 1\nPUSH 8\nONEHOTC r0", "stack[1] r0.linear[1] r0.linear[4] r0.quad[1,4]", "stack[0] r0.rows r0.cols"),
        ("PUSH 1\nPUSH 2\nPUSH 8\nEXCLUDE r0", "stack[2] r0.quad[1,2]", "stack[0] stack[1]"),
        ("PUSH 1\nPUSH 2\nPUSH 8\nIMPLIES r0", "stack[2] r0.linear[1] r0.quad[1,2]", "stack[0] stack[1]"),
        (
            "PUSH 1\nPUSH 8\nEQUALITY r0 r2 r3",
            "stack[0] stack[1] r3 r0.size r0.linear[1] r0.linear[4] r0.quad[1,4]",
            "r2",
        ),
        (
            "PUSH 1\nPUSH 8\nATLEAST r0 r2",
            "stack[0] stack[1] r0.size r2.length r0.linear[1] r0.linear[4] r0.linear[6] r0.quad[1,4] r0.quad[1,6] "
            "r0.quad[4,6]",
            "r2",
        ),
        (
            "PUSH 1\nPUSH 2\nPUSH 8\nREDUCE r0",
            "stack[2] r0.size r0.quad[1,2] r0.quad[1,6] r0.quad[2,6] r0.linear[6]",
            "stack[0] stack[1]",
        ),
        ("ENERGY r0 r1", "r0 r1", ""),
        ("LOAD r4", "r4", ""),
        ("PUSH 1\nSTOW r4", "stack[0]", ""),
        ("DROP r4", "", ""),
        ("PUSH 1\nINPUT r4", "stack[0] in[1]", ""),
        ("PUSH 1\nOUTPUT r3", "r3", "stack[0]"),
        ("PUSH 1\nPUSH 2\nRANGE\nNEXT", "loop[0].index loop[0].end loop[0].body", ""),
        (
            "PUSH 0\nPUSH 2\nITER r2\nNEXT",
            "loop[0].index loop[0].end loop[0].body loop[0].elements[1]",
            "",
        ),
        ("PUSH 0\nPUSH 1\nITER r2\nNEXT", "loop[0].index loop[0].end", ""),
        ("PUSH 0\nPUSH 2\nITER r2", "stack[0] stack[1] r2[0:2]", ""),
        ("PUSH 0\nPUSH 2\nITER r2\nLVAL r5", "loop[0].value", ""),
        ("PUSH 1\nPUSH 2\nSCLR", "", ""),
        ("PUSH 1\nCOPY", "stack[0]", ""),
        ("PUSH 1\nPUSH 2\nSWAP", "stack[0] stack[1]", ""),
    ],
)  # fmt: skip
def test_reads_of_each_kind_of_instruction(text: str, reads: str, selecting: str) -> None:
    machine = XqvmMachine(assemble(HEAD + text), calldata=[1, 2], output_slots=2)
    machine.run(len(HEAD.split("\n")) - 2 + text.count("\n"))
    chance = random.Random(text)
    effect = check(machine, chance, 1000)
    assert effect.op == text.split("\n")[-1].split()[0] and effect.fault is None
    assert {str(read.place) for read in effect.reads if not read.selects} == set(reads.split())
    assert {str(read.place) for read in effect.reads if read.selects} == set(selecting.split())


def test_indices_that_make_the_model_grow_say_what_and_not_only_where() -> None:
    text = HEAD + "PUSH 0\nPUSH 9\nVECSET r2\nPUSH 1\nPUSH 8\nEQUALITY r0 r2 r3"
    machine = XqvmMachine(assemble(text))
    machine.run(text.count("\n") - 1)
    effect = check(machine, random.Random(0), 1000)
    assert {str(read.place) for read in effect.reads if read.selects} == set()
    assert ("r0.size", 6, 10) in [(str(write.place), write.old, write.new) for write in effect.writes]


def test_a_fault_reads_what_made_it() -> None:
    for text, place, value in (
        ("PUSH 7\nVECGET r2", "r2.length", 2), ("PUSH 7\nGETLINE r0", "r0.size", 6), ("LOAD r9", "r9", None),
        ("PUSH 7\nVECGET r4", "r4", 7), ("PUSH 0\nPUSH 9\nITER r2", "r2.length", 2),
    ):  # fmt: skip
        machine = XqvmMachine(assemble(HEAD + text))
        effects: list[Effect] = []
        machine.run(1 << 40, None, effects.append)
        assert effects[-1].fault is not None
        assert (place, value) in [(str(read.place), read.value) for read in effects[-1].reads]
