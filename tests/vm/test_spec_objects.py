"""Objects a host hands in, and what becomes of them: sections 14.2 and 14.3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.reference_values import MAX, MIN, SIZE_MAX, encode
from tests.support.runs import plain, program, run, verdict
from vm.contract import Place
from vm.diagnostics import InputError
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample
from vm.xqvm.program import Program


def refused_calldata(*values: object) -> str:
    with pytest.raises(InputError) as caught:
        XqvmMachine(Program(b""), calldata=values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "element"),
    [
        (MAX + 1, "calldata[1]"),
        (MIN - 1, "calldata[1]"),
        (1.0, "calldata[1]"),
        ("12", "calldata[1]"),
        (b"12", "calldata[1]"),
        ({1: 2}, "calldata[1]"),
        (object(), "calldata[1]"),
        ([0, MIN - 1], "calldata[1][1]"),
        ([0, [1]], "calldata[1][1]"),
        ([Model(BINARY, 1)], "calldata[1][0]"),
        ((0, None), "calldata[1][1]"),
    ],
)
def test_calldata_is_refused_when_it_is_set(value: object, element: str) -> None:
    assert refused_calldata(4, value).startswith(element)


def stray(*put: tuple[int, ...]) -> Model:
    model = Model(BINARY, 3)
    for *indices, value in put:
        if len(indices) == 1:
            model.put_line(indices[0], value)
        else:
            model.put_pair(indices[0], indices[1], value)
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sample(BINARY, [0, 2]),
        lambda: Sample(SPIN, [1, 0]),
        lambda: Sample(Domain("integer", 3), [0, 3]),
        lambda: Sample(BINARY, [0, 1], 2, 3),
        lambda: Model(BINARY, 3, 2, 2),
        lambda: Model(BINARY, 3, 2, 0),
        lambda: Model(BINARY, SIZE_MAX + 1),
        lambda: Model(BINARY, -1),
        lambda: Model(Domain("integer", 1), 3),
        lambda: Model(Domain("integer"), 3),
        lambda: Model(Domain("ternary"), 3),
        lambda: stray((3, 1)),
        lambda: stray((-1, 1)),
        lambda: stray((0, 3, 1)),
        lambda: stray((0, MAX + 1)),
        lambda: stray((0, 1, MIN - 1)),
    ],
    ids=range(16),
)
def test_objects_outside_their_own_rules_do_not_get_into_a_machine(make: Any) -> None:
    """Section 14.3: refused when the object is made or, at the latest, when it becomes calldata."""
    with pytest.raises((InputError, ValueError, IndexError, OverflowError)):
        XqvmMachine(Program(b""), calldata=[make()])


def test_integers_sequences_and_unset_slots() -> None:
    code = encode(*(one for slot in range(5) for one in (("PUSH", slot), ("INPUT", slot))))
    machine = run(code, calldata=[True, (1, 2), range(3), None, [False]])
    assert verdict(machine) == "ok"
    assert machine.registers == {0: 1, 1: [1, 2], 2: [0, 1, 2], 4: [0]}
    assert type(machine.registers[0]) is int


def test_what_the_host_holds_is_never_what_the_machine_holds() -> None:
    model, sample, vector = Model(BINARY, 3, 1, 3), Sample(BINARY, [0, 0, 0]), [1, 2, 3]
    code = encode(
        ("PUSH", 0), ("INPUT", 0), ("PUSH", 1), ("INPUT", 1), ("PUSH", 2), ("INPUT", 2),
        ("PUSH", 0), ("OUTPUT", 0), ("PUSH", 1), ("OUTPUT", 1), ("PUSH", 2), ("OUTPUT", 2),
        ("PUSH", 1), ("PUSH", 1), ("SETLINE", 0), ("PUSH", 1), ("PUSH", 1), ("SETLINE", 1),
        ("PUSH", 1), ("PUSH", 9), ("VECSET", 2), ("PUSH", 3), ("OUTPUT", 0), ("PUSH", 2), ("PUSH", 7), ("SETLINE", 0),
    )  # fmt: skip
    machine = XqvmMachine(Program(code), calldata=[model, sample, vector], output_slots=4)
    machine.run()
    assert verdict(machine) == "ok"
    assert (plain(model), plain(sample), vector) == (
        plain(Model(BINARY, 3, 1, 3)), plain(Sample(BINARY, [0, 0, 0])), [1, 2, 3],
    )  # fmt: skip
    assert [plain(value) for value in machine.outputs[:3]] == [plain(model), plain(sample), vector]
    assert plain(machine.outputs[3]) == ("model", "Binary", 3, 1, 3, {1: 1}, {})
    assert plain(machine.registers[0]) == ("model", "Binary", 3, 1, 3, {1: 1, 2: 7}, {})
    assert (plain(machine.registers[1]), machine.registers[2]) == (plain(Sample(BINARY, [0, 1, 0])), [1, 9, 3])


def test_what_the_host_does_to_its_objects_afterwards_changes_nothing() -> None:
    model, vector = Model(BINARY, 3), [1, 2, 3]
    model.put_line(1, 4)
    text = "PUSH 0 / INPUT r0 / PUSH 0 / OUTPUT r0 / PUSH 1 / INPUT r1 / PUSH 1 / OUTPUT r1"
    machine = XqvmMachine(program(text), calldata=[model, vector], output_slots=2)
    handed_over = [plain(model), [1, 2, 3]]
    model.put_line(2, 9)
    vector.append(4)
    machine.run()
    assert [plain(machine.registers[reg]) for reg in (0, 1)] == handed_over
    model.put_line(0, 99)
    model.put_pair(0, 1, 99)
    vector.append(5)
    assert [plain(machine.registers[reg]) for reg in (0, 1)] == handed_over
    assert [plain(value) for value in machine.outputs] == handed_over


def test_what_the_host_does_to_what_it_got_changes_nothing() -> None:
    machine = run("PUSH 2 / BQMX r0 / PUSH 2 / BSMX r1 / PUSH 0 / OUTPUT r0 / PUSH 1 / OUTPUT r1", output_slots=2)
    before = machine.digest()
    for got in (machine.registers[0], machine.outputs[0]):
        assert isinstance(got, Model)
        got.put_line(0, 99)
        got.put_pair(0, 1, 99)
    for value in (machine.registers[1], machine.outputs[1]):
        assert isinstance(value, Sample)
        value.values[0] = 99
    assert [plain(value) for value in machine.outputs] == [plain(Model(BINARY, 2)), plain(Sample(BINARY, [0, 0]))]
    assert plain(machine.registers[0]) == plain(Model(BINARY, 2))
    assert machine.digest() == before


@pytest.mark.parametrize(
    "text",
    [
        "PUSH 2 / BQMX r0 / PUSH 0 / PUSH 5 / SETLINE r0 / PUSH 0 / PUSH 1 / PUSH 5 / SETQUAD r0",
        "PUSH 2 / BSMX r0 / PUSH 0 / PUSH 1 / SETLINE r0 / PUSH 1 / PUSH 1 / SETLINE r0",
        "VEC r0 / PUSH 4 / VECPUSH r0 / PUSH 5 / VECPUSH r0 / PUSH 0 / PUSH 6 / VECSET r0",
    ],
    ids=["model", "sample", "vec"],
)
def test_what_a_place_showed_stays_what_it_was(text: str) -> None:
    machine = XqvmMachine(program(text))
    place, shown = Place.parse("r0"), []
    while not machine.status.ended:
        machine.run(1)
        value = machine.get(place)
        shown.append((value, repr(value)))
    assert verdict(machine) == "ok"
    assert len({text for _, text in shown}) >= 3
    assert all(repr(value) == text for value, text in shown)


def test_places_show_the_values() -> None:
    model = Model(BINARY, 4)
    model.put_line(2, -5)
    model.put_pair(1, 3, 8)
    machine = run("PUSH 0 / INPUT r0", calldata=[model])
    for place, value in (("r0.linear[2]", -5), ("r0.linear[0]", 0), ("r0.quad[3,1]", 8), ("r0.quad[0,1]", 0)):
        assert machine.get(Place.parse(place)) == value
