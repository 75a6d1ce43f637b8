"""Readers, and what can be asked of values: the same as looking, only faster, and without a trace."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.vm.test_effects import everything
from vm.contract import Place, PlaceError
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Model, Sample, Vec, VecX
from vm.xqvm.program import Program


def seen(read: object) -> object:
    """What a reader tells, or `PlaceError`."""
    try:
        return read()  # type: ignore[operator]
    except PlaceError:
        return PlaceError


@given(st.integers(0, 1 << 40))
@settings(max_examples=60, deadline=None)
def test_readers_made_once_tell_what_is_there_at_every_tick(seed: int) -> None:
    generator = Generator(seed)
    machine = XqvmMachine(Program(generator.program()), **generator.inputs())
    readers = {}
    states = []
    while not machine.status.ended and machine.tick < 80:
        states.append((machine.checkpoint(), everything(machine)))
        for name in states[-1][1]:
            if name not in readers:
                readers[name] = machine.reader(Place.parse(name))
        machine.run(1)
    for checkpoint, held in states[:: max(1, len(states) // 12)]:
        machine.restore(checkpoint)
        for name, read in readers.items():
            place, told = Place.parse(name), seen(read)
            assert told == seen(lambda place=place: machine.get(place))
            if name in held and not isinstance(held[name], type):
                assert told == held[name], name
            elif name not in held and ".linear" not in name and ".quad" not in name and not name.endswith(".size"):
                assert told in (PlaceError, None), name


def test_looking_makes_nobody_copy() -> None:
    machine = XqvmMachine(
        assemble("VEC r0\nPUSH 1\nVECPUSH r0\nPUSH 2\nVECPUSH r0\nPUSH 4\nBQMX r1\nPUSH 1\nPUSH 2\nSETLINE r1")
    )
    machine.run(3)
    held = machine.regs[0]
    readers = [machine.reader(Place.parse(text)) for text in ("r0", "r0[0]", "r0.length", "r0[0:1]")]
    assert [len(read()) if n == 0 else read() for n, read in enumerate(readers)] == [1, 1, 1, (1,)]  # type: ignore[arg-type]
    machine.run(2)
    assert machine.regs[0] is held and seen(readers[0]) == Vec([1, 2])


@pytest.mark.parametrize(
    "text",
    ["x", "r256", "r00", "r3.what", "r3[1].x", "r3[1,2]", "r3.linear", "r3.linear[-1]", "r3.quad[1]", "loop[0].x",
     "loop.x", "loop[0].index.x", "stack.x", "stack[0].x", "in", "in[9]", "out[-9]", "in.x", "pc.x", "pc[0]",
     "steps.x", "bytes.limit.x", "tick.limit"],
)  # fmt: skip
def test_places_that_can_never_be_are_refused_at_once(text: str) -> None:
    machine = XqvmMachine(assemble("NOP"), calldata=[1], output_slots=2)
    with pytest.raises(PlaceError):
        machine.reader(Place.parse(text))
    with pytest.raises(PlaceError):
        machine.get(Place.parse(text))


def test_names_it_knows() -> None:
    machine = XqvmMachine(assemble("NOP"))
    for name in ("r0", "r255", "stack", "loop", "in", "out", "pc", "tick", "steps", "bytes"):
        assert machine.knows(name)
    for name in ("r256", "r00", "r", "x", "energy", "R1", "r١"):
        assert not machine.knows(name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("stack", (7, 8, 9)), ("stack[0:2]", (7, 8)), ("stack[-2:9]", (8, 9)), ("stack.length", 3), ("loop[0].end", 5),
        ("loop[0].elements", (5, 6)), ("loop[0].elements[1]", 6), ("loop[0].index", 3), ("loop[0]", 5), ("loop", 1),
        ("steps.limit", 900), ("bytes.limit", 1000), ("r0[-2:2]", (5, 6)), ("r0[4:9]", (6,)), ("r0[5:9]", ()),
    ],
)  # fmt: skip
def test_more_places(text: str, value: object) -> None:
    source = "PUSH 0\nINPUT r0\nPUSH 3\nPUSH 5\nITER r0\nPUSH 7\nPUSH 8\nPUSH 9\nNEXT"
    machine = XqvmMachine(assemble(source), calldata=[[1, 2, 4, 5, 6]], step_limit=900, memory_limit=1000)
    machine.run(8)
    assert machine.get(Place.parse(text)) == value == machine.reader(Place.parse(text))()


def test_values_are_sequences() -> None:
    vec, sample = Vec([3, 1, 2]), Sample(SPIN, [1, -1, -1])
    assert (len(vec), sum(vec), min(vec), vec[-1], vec[1:], list(reversed(vec))) == (3, 6, 1, 2, (1, 2), [2, 1, 3])
    assert (len(sample), sum(sample), max(sample), sample[0], sample[:2]) == (3, -1, 1, 1, (1, -1))
    assert (len(VecX()), list(VecX()), VecX()[0:]) == (0, [], ())
    with pytest.raises(IndexError):
        vec[3]


def test_energy() -> None:
    machine = XqvmMachine(assemble("NOP"))
    model = Model(BINARY, 2)
    model.put_line(0, 5)
    model.put_pair(0, 1, -2)
    assert machine.functions() == {"energy": "energy(model, sample)"}
    assert machine.call("energy", [model, Sample(BINARY, [1, 1])]) == 3
    model.put_line(1, (1 << 63) - 1)
    for arguments, complaint in (
        ([model], "takes 2 arguments, not 1"), ([model, 3], "no sample but 3"), ([None, model], "no model but unset"),
        ([model, Sample(BINARY, [1])], "2 variables, the sample 1"), ([model, Sample(BINARY, [1, 1])], "64-bit"),
    ):  # fmt: skip
        with pytest.raises(PlaceError, match=complaint):
            machine.call("energy", arguments)
    with pytest.raises(PlaceError, match="no function"):
        machine.call("length", [model])


def test_texts_and_json() -> None:
    machine = XqvmMachine(assemble("NOP"))
    model = Model(BINARY, 2)
    model.put_pair(0, 1, -2)
    for value in (None, 7, Vec([1, 2]), Sample(SPIN, [1, -1]), model):
        assert machine.from_json(machine.to_json(value)) == value
    assert machine.to_json((1, 2)) == [1, 2] and machine.to_json("binary") == "binary"
    for wrong in (1.5, True, "x", [[1]], {"type": "cat"}, 1 << 63):
        with pytest.raises(PlaceError):
            machine.from_json(wrong)
    texts = [machine.text(value) for value in (None, 7, Vec([1, 2]), (1, 2), "binary", VecX())]
    assert texts == ["unset", "7", "vec 2  [1 2]", "[1 2]", "binary", "vec of models 0  []"]
    assert machine.text(model) == "binary 2  0 linear  1 quadratic"
