"""Effects: what an instruction is said to have read and written is what happened."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from vm.contract import Effect, Place, PlaceError, Status
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX
from vm.xqvm.program import Program


def parts(name: str, slot: Slot) -> Iterator[tuple[str, object]]:
    match slot:
        case None:
            return
        case Vec():
            yield from ((f"{name}[{i}]", item) for i, item in enumerate(slot.items))
            yield f"{name}.length", len(slot.items)
        case VecX():
            yield f"{name}.length", 0
        case Sample():
            yield from ((f"{name}[{i}]", item) for i, item in enumerate(slot.values))
            yield from ((f"{name}.rows", slot.rows), (f"{name}.cols", slot.cols), (f"{name}.length", len(slot)))
        case Model():
            yield from ((f"{name}.linear[{i}]", value) for i, value in slot.lines())
            yield from ((f"{name}.quad[{i},{j}]", value) for i, j, value in slot.quadratic())
            yield from ((f"{name}.size", slot.size), (f"{name}.rows", slot.rows), (f"{name}.cols", slot.cols))
    yield name, type(slot) if not isinstance(slot, int) else slot


def everything(machine: XqvmMachine) -> dict[str, object]:
    """Every place of the machine, by name."""
    places: dict[str, object] = {f"stack[{i}]": value for i, value in enumerate(machine.stack)}
    for reg, slot in enumerate(machine.regs):
        places.update(parts(f"r{reg}", slot))
    for number, slot in enumerate(machine.output_slots):
        places.update(parts(f"out[{number}]", slot))
    for level, loop in enumerate(machine.loops):
        places[f"loop[{level}].index"] = loop.index
        places[f"loop[{level}].value"] = loop.value
        places[f"loop[{level}].end"] = loop.last
        places[f"loop[{level}].body"] = loop.body
        if loop.elements is not None:
            places[f"loop[{level}].elements"] = tuple(loop.elements)
    return places


def covers(written: set[str], name: str) -> bool:
    """Whether a write to one of the places accounts for a change of `name`."""
    return any(name == place or name.startswith((place + ".", place + "[")) for place in written)


@given(st.integers(0, 1 << 40))
@settings(max_examples=150, deadline=None)
def test_nothing_changes_that_is_not_written_and_what_is_written_is_there(seed: int) -> None:
    generator = Generator(seed)
    program = Program(generator.program())
    machine = XqvmMachine(program, **generator.inputs())
    for _ in range(150):
        if machine.status.ended:
            break
        before, checkpoint = everything(machine), machine.checkpoint()
        effects: list[Effect] = []
        machine.run(1, None, effects.append)
        (effect,) = effects
        after = everything(machine)
        written = {str(write.place) for write in effect.writes}
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert not [name for name in changed if not covers(written, name)]
        elsewhere = machine.pc not in (effect.pc, machine.instruction_at(effect.pc).next)
        assert ("pc" in written) >= elsewhere
        final = {str(write.place): write.new for write in effect.writes}
        for name, value in final.items():
            if value is not None and name != "pc":
                assert machine.get(Place.parse(name)) == value
        reads_are_right(machine, checkpoint, effect)


def reads_are_right(machine: XqvmMachine, checkpoint: object, effect: Effect) -> None:
    now = machine.checkpoint()
    machine.restore(checkpoint)  # type: ignore[arg-type]
    touched: set[Place] = set()
    seen = {write.place: write.old for write in reversed(effect.writes)}
    for read in effect.reads:
        if read.place not in touched and read.place not in seen:
            assert machine.get(read.place) == read.value
        touched.add(read.place)
    for place, old in seen.items():
        try:
            assert place.name == "pc" or (machine.get(place) or None) == (old or None)
        except PlaceError:
            assert not old
    machine.restore(now)


def effects_of(text: str, **inputs: object) -> list[Effect]:
    found: list[Effect] = []
    XqvmMachine(assemble(text), **inputs).run(1 << 60, None, found.append)  # type: ignore[arg-type]
    return found


def written(effect: Effect) -> list[tuple[str, object, object]]:
    return [(str(write.place), write.old, write.new) for write in effect.writes if write.place.name != "stack"]


def test_an_expansion_is_seen_coefficient_by_coefficient_in_order() -> None:
    effect = effects_of("PUSH 4\nBQMX r0\nPUSH 2\nPUSH 2\nRESIZE r0\nPUSH 1\nPUSH 5\nONEHOTR r0")[-1]
    assert written(effect) == [("r0.linear[2]", 0, -5), ("r0.linear[3]", 0, -5), ("r0.quad[2,3]", 0, 10)]
    assert dict(effect.costs) == {"steps": 40, "bytes": 112}


def test_contributions_that_cancel_are_both_seen() -> None:
    text = """
    PUSH 2
    BQMX r0
    VEC r1
    PUSH 0
    VECPUSH r1
    PUSH 0
    VECPUSH r1
    VEC r2
    PUSH 3
    VECPUSH r2
    PUSH -3
    VECPUSH r2
    PUSH 0
    PUSH 1
    EQUALITY r0 r1 r2
    """
    assert written(effects_of(text)[-1]) == [("r0.linear[0]", 0, 9), ("r0.linear[0]", 9, 18), ("r0.quad[0,0]", 0, -18)]


def test_a_fault_lists_what_happened_before_it() -> None:
    text = "PUSH 2\nBQMX r0\nPUSH 0\nPUSH 9223372036854775807\nSETLINE r0\nPUSH 0\nPUSH 1\nPUSH 1\nIMPLIES r0"
    effect = effects_of(text)[-1]
    assert effect.fault is not None and effect.fault.identity == "ArithmeticOverflow"
    assert [str(write.place) for write in effect.writes] == ["stack[0]", "stack[1]", "stack[2]"]
    assert [read.value for read in effect.reads if read.place.name == "stack"] == [0, 1, 1]


def test_jumps_loops_and_host_slots_are_places_too() -> None:
    text = "PUSH 0\nINPUT r0\nPUSH 0\nPUSH 2\nRANGE\nLVAL r1\nNEXT\nPUSH 1\nOUTPUT r0"
    found = effects_of(text, calldata=[7], output_slots=2)
    by_op = {effect.op: effect for effect in found}
    assert [(str(r.place), r.value) for r in by_op["INPUT"].reads if r.place.name == "in"] == [("in[0]", 7)]
    frame = [
        ("loop[0].index", None, 0),
        ("loop[0].value", None, 0),
        ("loop[0].end", None, 2),
        ("loop[0].body", None, 9),
    ]
    assert written(by_op["RANGE"]) == frame
    first_next = next(effect for effect in found if effect.op == "NEXT")
    assert written(first_next) == [("loop[0].index", 0, 1), ("loop[0].value", 0, 1), ("pc", 11, 9)]
    closed = [
        ("loop[0].index", 1, None),
        ("loop[0].value", 1, None),
        ("loop[0].end", 2, None),
        ("loop[0].body", 9, None),
    ]
    assert written(by_op["NEXT"]) == closed
    assert written(by_op["OUTPUT"]) == [("out[1]", None, 7)]


def test_values_that_change_places_are_written_even_if_they_are_equal() -> None:
    effect = effects_of("PUSH 5\nPUSH 5\nSWAP")[-1]
    assert [(str(w.place), w.old, w.new) for w in effect.writes] == [("stack[0]", 5, 5), ("stack[1]", 5, 5)]
    copied = effects_of("PUSH 5\nCOPY")[-1]
    assert [(str(w.place), w.old, w.new) for w in copied.writes] == [("stack[1]", None, 5)]
    refused = effects_of("PUSH 5\nSWAP")[-1]
    assert refused.fault is not None and not refused.writes


def test_a_refused_base_step_did_nothing() -> None:
    effect = effects_of("PUSH 1\nPUSH 2\nADD", step_limit=2)[-1]
    assert (effect.reads, effect.writes) == ((), ())
    assert effect.fault is not None and effect.fault.over_budget


def test_observing_leaves_the_machine_as_it_is() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2\nADD"))
    assert machine.run(3, None, lambda effect: None).status is Status.HALTED
    assert machine.stack == (3,)
