"""The compiled engine and the interpreter go through the same states; each can go on where the other has stopped."""

from __future__ import annotations

import json
import random

import pytest

from tests.support.mdvm_lively import LivelyProgram
from tests.support.mdvm_programs import RandomProgram, shipped
from tests.support.mdvm_travel import FOREVER, assert_alike, compiled_ticks, pair, travel
from vm.contract import Place, Status, StopWhen
from vm.mdvm import engine
from vm.mdvm.assembler import assemble
from vm.mdvm.compiled import driver, library, sheet
from vm.mdvm.compiled.library import Library
from vm.mdvm.engines import AUTOMATIC
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from vm.mdvm.values import LEAST, MOST


def some_program(seed: int) -> Program:
    """A random program, or one that ships."""
    if seed % 4:
        return RandomProgram(seed, extended=seed % 8 == 2).program()
    programs = list(shipped().values())
    return programs[seed // 4 % len(programs)]


@pytest.mark.parametrize("seed", range(160))
def test_any_way_through_any_program(seed: int) -> None:
    one, other = pair(some_program(seed), 3_000)
    travel(one, other, random.Random(seed))


@pytest.mark.parametrize("seed", range(120))
def test_whole_runs_agree(seed: int) -> None:
    one, other = pair(some_program(seed), 3_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.mark.parametrize("seed", range(30))
def test_any_way_through_lively_programs(seed: int) -> None:
    one, other = pair(LivelyProgram(seed).program(), 5_000)
    travel(one, other, random.Random(seed))


@pytest.mark.parametrize("seed", range(50))
def test_whole_runs_of_lively_programs_agree(seed: int) -> None:
    one, other = pair(LivelyProgram(seed).program(), 30_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs at all is taken to run for long."""
    monkeypatch.setattr(engine, "_WARM", 40)
    monkeypatch.setattr(driver, "_SLICE", 20)
    monkeypatch.setattr(driver, "_LEAST", 5)
    monkeypatch.setattr(driver, "_SHARE", 1e9)
    monkeypatch.setattr(driver, "_SETTLED", 300)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("seed", range(40))
def test_what_is_compiled_when_it_pays_agrees(seed: int) -> None:
    program = LivelyProgram(seed).program() if seed % 2 else some_program(seed * 2)
    one, other = pair(program, 2_000, AUTOMATIC)
    travel(one, other, random.Random(seed))


def states(machine: MdvmMachine) -> list[str]:
    """The digest at each tick."""
    found = [machine.digest()]
    while machine.status is Status.READY:
        machine.run(1)
        found.append(machine.digest())
    return found


@pytest.mark.parametrize("name", ("bubble_sort_array", "gcd_loop", "hanoi_moves", "newton_sqrt", "parity", "power_mod"))
def test_every_tick_can_be_reached_and_gone_on_from(name: str) -> None:
    one, other = pair(shipped()[name])
    begin, expected = other.checkpoint(), states(one)
    for tick in range(len(expected)):
        other.restore(begin)
        other.run(tick)
        assert other.tick == tick and other.digest() == expected[tick]
        other.run()
        assert other.digest() == expected[-1]
    assert compiled_ticks(other) > len(expected)


@pytest.mark.parametrize("name", ("many_registers", "ackermann", "hanoi_moves"))
def test_a_first_run_ends_at_its_tick_however_short_it_is(name: str) -> None:
    program = shipped()[name]
    expected = states(pair(program, 400)[0])
    for tick in range(0, len(expected), 3):
        _, other = pair(program, 400)
        other.run(tick)
        assert other.tick == tick and other.digest() == expected[tick]


@pytest.mark.parametrize("pc", range(11))
def test_breakpoints_are_met_wherever_they_are(pc: int) -> None:
    one, other = pair(assemble(LOOP))
    while one.status is Status.READY:
        assert one.run(FOREVER, StopWhen(frozenset({pc}))) == other.run(FOREVER, StopWhen(frozenset({pc})))
        assert_alike(one, other)


LOOP = """
        .func "half" half
        load_const  r0, 30
        load_const  r1, 1
        load_const  r3, "half"
again:  jump_if_not r0, done
        call        r4, r3, r0
        add         r2, r1, r4
        sub         r0, r0, r1
        jump        again
done:   return      r2
half:   div         r0, r0, r1
        return      r0
"""
GROWTH = """
        load_const  r0, {first}
        load_const  r1, {step}
        load_const  r2, 0
        load_const  r3, 1
again:  {name}      r0, r0, r1
        add         r2, r2, r3
        jump        again
"""


@pytest.mark.parametrize("name", ("add", "sub", "mul"))
@pytest.mark.parametrize("first", (0, 1, -3, MOST - 5_000, LEAST + 5_000, 1 << 62))
@pytest.mark.parametrize("step", (1, -1, 2, -3, 12_345, MOST // 300_000, LEAST))
def test_an_overflow_is_met_at_its_very_instruction(name: str, first: int, step: int) -> None:
    program = assemble(GROWTH.format(name=name, first=first, step=step))
    one, other = pair(program, 30_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.mark.parametrize("name", ("div", "mod"))
@pytest.mark.parametrize("divisor", (1, 7, -1, -7, 0, MOST, LEAST))
@pytest.mark.parametrize("first", (60, LEAST + 20))
def test_division_rounds_and_fails_alike(name: str, divisor: int, first: int) -> None:
    text = f"""
        load_const  r0, {first}
        load_const  r1, 1
        load_const  r2, {divisor}
        load_const  r5, 120
again:  {name}      r3, r0, r2
        print       r3
        sub         r0, r0, r1
        sub         r5, r5, r1
        jump_if     r5, again
        return      r3
"""
    one, other = pair(assemble(text))
    one.run(4)
    other.run(4)  # so that the divisor is in no constant
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.mark.parametrize("first", ("7", "-7", "2.5", "true", '"7"', "empty"))
def test_values_of_other_kinds_than_before_are_met(first: str) -> None:
    text = f"""
        .func "twice" twice
        load_const  r0, 1
        load_const  r3, "twice"
        load_const  r5, 6
        load_const  r6, 1
again:  call        r4, r3, r0
        sub         r5, r5, r6
        jump_if     r5, again
        load_const  r0, {first}
        load_const  r5, 6
        jump        again
twice:  add         r0, r0, r0
        return      r0
"""
    one, other = pair(assemble(text), 300)
    assert one.run() == other.run()
    assert_alike(one, other)


def test_calls_go_as_deep_as_they_may() -> None:
    text = '.func "f" f\nload_const r1, "f"\nf: add r2, r2, r2\ncall r0, r1\nreturn r0\n'
    one, other = pair(assemble(text.replace("add r2, r2, r2", "nop")))
    assert one.run() == other.run()
    assert one.fault is not None and one.fault.identity == "StackOverflow"
    assert_alike(one, other)
    assert compiled_ticks(other) > 900


def test_the_limit_is_met_at_its_very_instruction() -> None:
    for limit in (*range(40), 1_000, 65_536):
        one, other = pair(assemble("load_const r1, 1\nagain: sub r0, r1, r0\nnop\njump again\n"), limit)
        assert one.run() == other.run()
        assert_alike(one, other)


def test_arrays_that_others_hold_are_not_written() -> None:
    text = """
        load_const  r0, 300
        load_const  r1, 1
        new_array   r2, r0
        move        r3, r2
again:  sub         r0, r0, r1
        array_set   r2, r0, r0
        mod         r5, r0, r6
        jump_if     r0, again
        return      r3
"""
    one, other = pair(assemble(text.replace("mod         r5, r0, r6", "eq          r5, r2, r3")))
    kept = []
    while one.status is Status.READY:
        assert one.run(37) == other.run(37)
        kept.append((one.checkpoint(), other.checkpoint(), other.digest()))
        other.set(Place("r7"), other.get(Place("r2")))
        one.set(Place("r7"), one.get(Place("r2")))
        assert_alike(one, other)
    for mine, theirs, digest in kept:
        one.restore(mine)
        other.restore(theirs)
        assert one.digest() == other.digest() == digest


def test_a_tag_that_a_debugger_sets_is_seen() -> None:
    text = "load_const r1, 5\nagain: check_type r2, r0, string\nprint r2\nsub r1, r1, r3\njump_if r1, again\nhalt\n"
    one, other = pair(assemble("load_const r3, 1\n" + text))
    for machine in (one, other):
        machine.run(4)
        machine.set(Place("tag", ((0,),)), "string")
        machine.run()
    assert other.output.text() == "false\ntrue\ntrue\ntrue\ntrue\n"
    assert_alike(one, other)


def test_nothing_in_a_file_is_text_that_is_compiled() -> None:
    name = "');raise SystemExit(1)#\n"
    text = f".func {json.dumps(name)} f\nload_const r0, {json.dumps(name)}\ncall r1, r0\nprint r0\nreturn r1\n"
    one, other = pair(assemble(text + "f: load_const r2, 1.5\nadd r3, r2, r2\nreturn r3\n"))
    other.run()
    one.run()
    assert_alike(one, other)
    library = other.program.library
    assert isinstance(library, Library)
    texts = [unit.text for shelf in library._shelves.values() for units in shelf.units.values() for unit in units]
    assert texts and not any("SystemExit" in each for each in texts)


def test_a_program_too_large_for_a_unit_runs_all_the_same() -> None:
    text = "again: nop\n" + "add r0, r1, r2\njump_if r0, again\n" * 3_000
    one, other = pair(assemble("load_const r1, 0\nload_const r2, 0\n" + text), 20_000)
    assert one.run() == other.run()
    assert_alike(one, other)


def test_what_is_written_for_a_program_is_bounded() -> None:
    chance = random.Random(3)
    lines = (f"l{n}: add r{n % 60}, r{n % 7}, r3\njump_if r{n % 50}, l{chance.randrange(600)}\n" for n in range(600))
    program = assemble("load_const r1, 1\nload_const r2, 0\nload_const r3, 0\nmove r5, r1\n" + "".join(lines))
    one, other = pair(program, 30_000)
    assert one.run() == other.run()
    assert_alike(one, other)
    found = other.program.library
    assert isinstance(found, Library)
    assert any(shelf.hopeless for shelf in found._shelves.values())
    assert found._work <= library.MOST_WORK + sheet.MOST_WORK + 1


def test_an_argument_that_no_call_keeps_is_what_it_was_at_the_call() -> None:
    text = """
        .func "f" f
        load_const  r1, "f"
        load_const  r70, 5
        call        r2, r1, r70
        return      r2
f:      load_const  r70, 6
        neg         r3, r71
        return      r3
"""
    one, other = pair(assemble(text))
    assert one.run() == other.run()
    assert one.regs[0] == 5
    assert_alike(one, other)
