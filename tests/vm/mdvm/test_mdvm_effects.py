"""Effects name all that an instruction reads and changes, and what lines say of it beforehand."""

from __future__ import annotations

import pytest

from tests.support.mdvm_programs import some_machine
from vm.contract import Effect, Place, Read, Span, Status, Write
from vm.mdvm.assembler import assemble
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.places import tag_name
from vm.mdvm.values import Array, Dict, alike


def held(machine: MdvmMachine) -> dict[str, object]:
    """Everything that an effect can name, from the outside."""
    found: dict[str, object] = {f"r{number}": value for number, value in enumerate(machine.regs)}
    found |= {f"tag[{n}]": tag_name(tag, machine.regs[n]) for n, tag in machine.tags.items()}
    found |= {str(Place("globals", (name,))): value for name, value in machine.globals.items()}
    found |= {f"out[{at}]": line for at, line in enumerate(machine.output)}
    found |= {f"frame[{at}]": True for at in range(machine.depth)}
    found |= {f"scope[{at}]": scope for at, scope in enumerate(machine.scopes)}
    return found | {"jumped": machine.jumped, "result": machine.result}


def named(effect: Effect) -> set[str]:
    """Names of what an effect says was written; of what is inside of a register, of the register."""
    found = set()
    for write in effect.writes:
        place = write.place
        inside = place.name[0] == "r" and place.name[1:].isdigit()
        numbered = place.name == "frame"
        found.add(place.name if inside else f"frame[{place.path[0][0]}]" if numbered else str(place))  # type: ignore[index]
    return found


def value_at(machine: MdvmMachine, place: Place) -> object:
    """What a place holds; None where there is none."""
    try:
        return machine.get(place)
    except ValueError:
        return None


@pytest.mark.parametrize("seed", range(120))
def test_effects_name_all_that_changes(seed: int) -> None:
    machine = some_machine(seed, 300)
    lines = {line.pc: line for line in machine.code()}
    while machine.status is Status.READY:
        before, pc, twin = held(machine), machine.pc, machine.twin()
        twin.restore(machine.checkpoint())
        effects: list[Effect] = []
        machine.run(1, None, effects.append)
        (effect,) = effects
        after = held(machine)
        changed = {n for n in before.keys() | after.keys() if not alike(before.get(n), after.get(n))}  # type: ignore[arg-type]
        changed = {name for name in changed if not name.startswith("tag[")} | _retagged(before, after, effect)
        assert changed <= named(effect)
        for read in effect.reads:
            assert alike(value_at(twin, read.place), read.value)  # type: ignore[arg-type]
        for write in effect.writes:
            if write.place.name not in ("pc", "jumped"):
                assert alike(value_at(machine, write.place), write.new)  # type: ignore[arg-type]
            if write.place.name not in ("pc", "jumped", "result"):
                assert alike(value_at(twin, write.place), write.old)  # type: ignore[arg-type]
        gone = machine.status is Status.READY and machine.pc != pc + 1
        assert (Write(Place("pc"), pc, machine.pc) in effect.writes) == gone
        assert effect.fault == machine.fault
        assert {read.place.name for read in effect.reads} <= lines[pc].reads
        written = {write.place.name for write in effect.writes} - {"tag"}
        assert written <= lines[pc].writes


def _retagged(before: dict[str, object], after: dict[str, object], effect: Effect) -> set[str]:
    """Tags that were set anew; forgotten ones are told by the write of their register."""
    return {n for n in after if n.startswith("tag[") and before.get(n) != after[n]}


def seen(text: str, steps: int = 1) -> Effect:
    """What the last of some instructions did."""
    machine, effects = MdvmMachine(assemble(text)), list[Effect]()
    machine.run(steps, None, effects.append)
    return effects[-1]


ARRAY = "load_const r0, 3\nnew_array r1, r0\nload_const r2, 1\nload_const r3, 2.5\n"


def test_elements_are_named_one_by_one() -> None:
    wrote = seen(ARRAY + "array_set r1, r2, r3\n", 5)
    assert wrote.reads == (Read(Place("r2"), 1, selects=True), Read(Place("r3"), 2.5))
    assert wrote.writes == (Write(Place("r1", ((1,),)), None, 2.5),)
    read = seen(ARRAY + "array_set r1, r2, r3\narray_get r4, r1, r2\n", 6)
    assert read.reads == (Read(Place("r1", ((1,),)), 2.5), Read(Place("r2"), 1, selects=True))
    assert read.writes == (Write(Place("r4"), None, 2.5),)


def test_keys_are_named_whatever_they_are() -> None:
    text = 'dict_new r1\nload_const r2, "a key"\nload_const r3, 7\ndict_set r1, r2, r3\ndict_remove r1, r2\n'
    wrote = seen(text, 4)
    assert [str(write.place) for write in wrote.writes] == ['r1["a key"]']
    assert (wrote.writes[0].old, wrote.writes[0].new) == (None, 7)
    gone = seen(text, 5)
    assert (gone.writes[0].old, gone.writes[0].new) == (7, None)


def test_a_failing_instruction_writes_nothing() -> None:
    effect = seen(ARRAY + "array_set r1, r3, r3\n", 5)
    assert effect.writes == () and effect.fault is not None
    assert [str(read.place) for read in effect.reads] == ["r1", "r3"]
    assert effect.fault.message == "Type mismatch: expected integer index, found float"


CALL = (
    '.func "f" f\nload_const r1, "f"\nload_const r5, 5\ncall r9, r1, r5\nprint r9\nhalt\nf: add r5, r0, r0\nreturn r5\n'
)


def test_a_call_copies_opens_and_goes() -> None:
    effect = seen(CALL, 3)
    assert [str(read.place) for read in effect.reads] == ["r1", "r5"]
    assert [(str(write.place), write.old, write.new) for write in effect.writes] == [
        ("r0", None, 5), ("frame[0].pc", None, 3), ("frame[0].into", None, 9), ("frame[0].entry", None, 5),
        ("pc", 2, 5),
    ]  # fmt: skip


def test_a_return_restores_and_closes() -> None:
    effect = seen(CALL, 5)
    assert [str(read.place) for read in effect.reads] == ["r5", "frame[0].pc"]
    assert [(str(write.place), write.old, write.new) for write in effect.writes] == [
        ("r0", 5, None), ("r5", 10, 5), ("r9", None, 10), ("frame[0].pc", 3, None), ("frame[0].into", 9, None),
        ("frame[0].entry", 5, None), ("pc", 6, 3),
    ]  # fmt: skip
    assert seen(CALL, 6).writes == (Write(Place("out", ((0,),)), None, "10"),)


def test_the_last_call_that_is_one_too_many_has_copied_its_arguments() -> None:
    machine, effects = MdvmMachine(assemble('.func "f" f\nload_const r1, "f"\nf: call r9, r1, r1\n')), list[Effect]()
    machine.run(1 << 60, None, effects.append)
    assert machine.depth == 1000 and machine.fault is not None and machine.fault.identity == "StackOverflow"
    assert effects[-1].writes == (Write(Place("r0"), "f", "f", Place("r1")),)


def test_arguments_are_copied_one_after_the_other_and_each_tells_of_what() -> None:
    lines = ('.func "f" f', 'load_const r5, "f"', "load_const r0, 1", "load_const r1, 2", "call r9, r5, r1, r0, r5")
    effect = seen("\n".join((*lines, "f: return")), 4)
    copied = [(str(write.place), write.new, write.of) for write in effect.writes[:3]]
    assert copied == [("r0", 2, Place("r1")), ("r1", 2, Place("r1")), ("r2", "f", Place("r5"))]


def test_a_define_writes_a_tag_and_the_next_write_forgets_it() -> None:
    text = "define r0, string\ncheck_type r1, r0, string\nload_const r0, 5\n"
    assert seen(text).writes == (Write(Place("tag", ((0,),)), "empty", "string"),)
    assert seen(text, 2).reads == (Read(Place("tag", ((0,),)), "string"),)
    assert seen(text, 3).writes == (
        Write(Place("r0"), None, 5), Write(Place("tag", ((0,),)), "string", "int"),
    )  # fmt: skip


def test_an_attempt_over_the_limit_costs_and_does_nothing() -> None:
    machine, effects = MdvmMachine(assemble("nop\nnop\n")), list[Effect]()
    machine.set(Place("instructions", ("limit",)), 1)
    machine.run(5, None, effects.append)
    assert [effect.costs for effect in effects] == [(("instructions", 1),), (("instructions", 0),)]
    assert effects[1].fault is not None and effects[1].writes == () and effects[1].op == "nop"


def test_printing_of_empty_writes_nothing() -> None:
    assert seen("print r0\n").writes == () and seen("print r0\n").reads == (Read(Place("r0"), None),)


def test_spans_and_wholes_can_be_asked_for() -> None:
    machine = MdvmMachine(assemble(ARRAY + "array_set r1, r2, r3\n"))
    machine.run()
    assert machine.get(Place("r1", (Span(0, 2),))) == (None, 2.5)
    assert isinstance(machine.get(Place("r1")), Array) and not isinstance(machine.get(Place("r1")), Dict)
