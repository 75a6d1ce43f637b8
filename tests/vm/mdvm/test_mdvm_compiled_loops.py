"""Loops that go round by a register, and what is left out in them, against the interpreter."""

from __future__ import annotations

import random

import pytest

from tests.support.mdvm_loops import LoopProgram
from tests.support.mdvm_travel import FOREVER, assert_alike, compiled_ticks, pair, travel
from vm.contract import Status, StopWhen
from vm.mdvm.assembler import assemble
from vm.mdvm.compiled import bounds, choices, runtime
from vm.mdvm.compiled.library import Library
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.values import LEAST, MOST


def texts(machine: MdvmMachine) -> str:
    """All that was compiled of a machine's program."""
    library = machine.program.library
    assert isinstance(library, Library)
    units = (unit for shelf in library._shelves.values() for units in shelf.units.values() for unit in units)
    return "".join(unit.text for unit in units)


def assert_runs_alike(text: str, limit: int = 20_000) -> MdvmMachine:
    """Both engines end alike, at once and by steps that end in the middle of loops; the compiled one's machine."""
    program = assemble(text)
    one, other = pair(program, limit)
    assert one.run() == other.run()
    assert_alike(one, other)
    for step in (7, 131):
        theirs = pair(program, limit)[1]
        while theirs.status is Status.READY:
            theirs.run(step)
        assert theirs.digest() == one.digest() and theirs.tick == one.tick
    return other


@pytest.fixture(params=(None, 40))
def rounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many rounds at once as there are, or few."""
    if request.param is not None:
        for module in (bounds, choices, runtime):
            monkeypatch.setattr(module, "CHUNK", request.param)


@pytest.mark.usefixtures("rounds")
@pytest.mark.parametrize("seed", range(250))
def test_whole_runs_of_loops_agree(seed: int) -> None:
    one, other = pair(LoopProgram(seed).program(), 9_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.mark.parametrize("seed", range(1_000, 1_120))
def test_any_way_through_loops(seed: int) -> None:
    one, other = pair(LoopProgram(seed).program(), 4_000)
    travel(one, other, random.Random(seed))


# How many rounds


@pytest.mark.parametrize("gap", (*range(-9, 10), 100, MOST, LEAST))
@pytest.mark.parametrize("step", (*range(-4, 5), 100, -100, MOST, LEAST))
def test_rounds_are_as_many_as_it_takes(gap: int, step: int) -> None:
    values = [gap + step * number for number in range(200)]
    positive = next((number for number, value in enumerate(values) if value <= 0), None)
    rounds = runtime.positive_rounds(gap, step)
    assert rounds == positive or (positive is None and rounds >= len(values))
    assert all(values[: runtime.unequal_rounds(gap, step)])


TOWARDS = """
        load_const  r0, {first}
        load_const  r1, {step}
        load_const  r2, 0
        load_const  r3, {last}
        load_const  r7, 300
        load_const  r9, 1
again:  {name}      r5, r0, r3
        {jump}      r5, done
        add         r2, r2, r9
        add         r0, r0, r1
        sub         r7, r7, r9
        jump_if     r7, again
done:   return      r2
"""


@pytest.mark.parametrize("name", ("lt", "gt", "lte", "gte", "eq", "neq"))
@pytest.mark.parametrize("jump", ("jump_if", "jump_if_not"))
@pytest.mark.parametrize("first, step, last", (
    (0, 1, 60), (0, 7, 211), (60, -1, 0), (61, -2, 0), (60, -2, 0), (-60, 1, 0), (-61, 2, 0), (5, 0, 9),
    (MOST - 60, 1, MOST), (MOST - 61, 2, MOST), (LEAST + 60, -1, LEAST), (LEAST, 1, LEAST + 99),
    (MOST, -1, 0), (0, MOST, 5),
))  # fmt: skip
def test_a_loop_ends_in_the_very_round(name: str, jump: str, first: int, step: int, last: int) -> None:
    assert_runs_alike(TOWARDS.format(name=name, jump=jump, first=first, step=step, last=last))


BOTH = """
        load_const  r0, {first}
        load_const  r1, {step}
        load_const  r2, {other}
        load_const  r3, {by}
        load_const  r7, 300
        load_const  r9, 1
again:  sub         r7, r7, r9
        add         r0, r0, r1
        jump_if_not r7, done
        {name}      r5, r0, r2
        add         r2, r2, r3
        jump_if     r5, again
done:   return      r0
"""


@pytest.mark.parametrize("name", ("lt", "gt", "lte", "gte", "eq", "neq"))
@pytest.mark.parametrize("first, step, other, by", (
    (0, 3, 90, 1), (0, 1, 90, -2), (90, -1, 0, 1), (0, 5, 0, 5), (0, 2, 1, 2), (7, -3, 90, -5), (0, 0, 50, -1),
))  # fmt: skip
def test_two_registers_that_step_meet_in_the_very_round(name: str, first: int, step: int, other: int, by: int) -> None:
    """The comparison stands before the step of one and behind that of the other, and apart from its branch."""
    text = BOTH.format(name=name, first=first, step=step, other=other, by=by)
    assert_runs_alike(text)
    apart, line = text.split("        add         r2, r2, r3\n"), "        add         r2, r2, r3\n"
    assert_runs_alike(apart[0].replace(f"        {name} ", line + f"        {name} ") + apart[1])


# Signs

DIVISION = """
        load_const  r0, {first}
        load_const  r1, {step}
        load_const  r2, 0
        load_const  r3, {divisor}
        load_const  r7, 200
        load_const  r9, 1
again:  jump_if_not r7, done
        {early}
        {name}      r4, r0, r3
        add         r2, r2, r4
        {late}
        sub         r7, r7, r9
        jump        again
done:   return      r2
"""


@pytest.mark.parametrize("name", ("div", "mod"))
@pytest.mark.parametrize("divisor", (7, 1, -1, -7, 0, MOST, LEAST))
@pytest.mark.parametrize("step", (-1, 3))
@pytest.mark.parametrize("first", (150, 100, 30, 26, 1, 0, -1, -300, LEAST + 150, MOST - 599, LEAST + 40))
@pytest.mark.parametrize("is_early", (False, True))
def test_a_dividend_changes_its_sign(name: str, divisor: int, step: int, first: int, is_early: bool) -> None:
    words = {"early" if is_early else "late": "add r0, r0, r1", "late" if is_early else "early": "nop"}
    assert_runs_alike(DIVISION.format(name=name, divisor=divisor, step=step, first=first, **words))


CHANGING = (
    "sub r3, r3, r9", "neg r3, r3", "load_const r3, 0", "cast r3, r3, float", "cast r0, r0, float", "move r0, r6",
    "move r3, r6", "neg r0, r0", "array_get r0, r8, r9", 'load_global r3, "none"', "mul r0, r0, r3", "mul r3, r3, r3",
    "move r1, r0", "sub r1, r1, r9", "call r0, r10, r0", "call r3, r10, r3", "load_const r1, -2", "define r0, float",
    "mod r3, r0, r3", "div r0, r0, r3", "move r0, r7",
    "sub r0, r7, r9", "mod r0, r2, r3", "move r3, r2", "add r0, r0, r2", "sub r9, r9, r9",
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGING)
@pytest.mark.parametrize("name", ("div", "mod"))
@pytest.mark.parametrize("at", (100, 40, 3))
@pytest.mark.parametrize("is_late", (False, True))
def test_what_is_divided_or_divides_changes_in_one_round(change: str, name: str, at: int, is_late: bool) -> None:
    step = "sub r0, r0, r1"
    text = f"""
        .func "minus" minus
        load_const  r0, 9000
        load_const  r1, 1
        load_const  r2, 0
        load_const  r3, 9
        load_const  r5, {at}
        load_const  r7, 150
        load_const  r9, 1
        new_array   r8, r7
        load_const  r10, "minus"
again:  jump_if_not r7, done
        {name}      r4, r0, r3
        add         r2, r2, r4
        {step if is_late else "nop"}
        eq          r11, r7, r5
        jump_if_not r11, next
        {change}
next:   {"nop" if is_late else step}
        sub         r7, r7, r9
        jump        again
done:   return      r2
minus:  neg         r0, r0
        return      r0
"""
    assert_runs_alike(text)


@pytest.mark.parametrize("a, b", ((1071, 462), (-1071, 462), (1071, -462), (LEAST, -1), (LEAST, MOST), (0, 5), (5, 0)))
def test_divisors_that_change_are_never_negative_or_looked_at(a: int, b: int) -> None:
    text = f"load_const r0, {a}\nload_const r1, {b}\nagain: jump_if_not r1, done\nmod r2, r0, r1\nmove r0, r1\n"
    other = assert_runs_alike(text + "move r1, r2\njump again\ndone: div r3, r0, r1\nreturn r0\n")
    assert "r2 = r0 % r1\n" in texts(other)


@pytest.mark.parametrize("test, value", (("lt", 0), ("gt", 0), ("lte", 1), ("gte", -1), ("neq", 0), ("eq", 3)))
@pytest.mark.parametrize("jump", ("jump_if", "jump_if_not"))
@pytest.mark.parametrize("pair_", ("r0, r5", "r5, r0"))
def test_a_comparison_tells_of_a_divisor(test: str, value: int, jump: str, pair_: str) -> None:
    text = f"""
        load_const  r0, 3
        load_const  r1, 1
        load_const  r2, 0
        load_const  r5, {value}
        load_const  r6, 50
        load_const  r7, 60
again:  {test}      r8, {pair_}
        {jump}      r8, other
        mod         r2, r6, r0
        jump        next
other:  div         r2, r6, r0
next:   add         r0, r0, r2
        mod         r0, r0, r6
        sub         r7, r7, r1
        jump_if     r7, again
        return      r2
"""
    assert_runs_alike(text)
    assert_runs_alike(text.replace("r0, 3", "r0, -3").replace("r6, 50", "r6, -50"))
    assert_runs_alike(text.replace("r0, 3", "r0, 0"))


@pytest.mark.parametrize("name", ("add", "sub", "mul"))
@pytest.mark.parametrize("a, b", (("r1", "r5"), ("r5", "r1"), ("r5", "r5"), ("r1", "r1")))
@pytest.mark.parametrize("other", (-9, 9))
def test_what_comes_of_a_positive_and_a_negative_is_looked_at(name: str, a: str, b: str, other: int) -> None:
    begin = f"load_const r7, 80\nload_const r5, {other}\nload_const r3, 5\nload_const r2, 0\n"
    loop = f"again: load_const r1, 1\n{name} r4, {a}, {b}\nmod r6, r4, r3\ndiv r4, r6, r3\nadd r2, r2, r6\n"
    assert_runs_alike(begin + loop + "sub r7, r7, r1\njump_if r7, again\nreturn r2\n")


@pytest.mark.parametrize("every", (2, 3))
def test_a_step_that_is_not_in_every_round_is_none(every: int) -> None:
    begin = f"load_const r0, 90\nload_const r1, 1\nload_const r2, 300\nload_const r3, {every}\nload_const r5, 7\n"
    loop = "again: sub r2, r2, r1\nmod r4, r2, r3\njump_if r4, next\nsub r0, r0, r1\nnext: add r6, r2, r0\n"
    assert_runs_alike(begin + loop + "mod r7, r0, r5\nprint r7\njump_if r0, again\nreturn r6\n")


@pytest.mark.parametrize("rounds", (100, 20))
def test_two_ways_to_the_next_round_leave_different_constants(rounds: int) -> None:
    begin = f"load_const r0, {rounds}\nload_const r1, 1\nload_const r3, 50\nload_const r5, 3\n"
    loop = "again: jump_if_not r0, done\nsub r0, r0, r1\nlt r4, r0, r3\njump_if r4, low\nload_const r5, 7\njump again\n"
    assert_runs_alike(begin + loop + "low: load_const r5, 8\njump again\ndone: print r5\nreturn r5\n")


# What is put off, and what is seen in between


@pytest.mark.parametrize("place", ("before", "between", "behind"))
@pytest.mark.parametrize("looking", ("print r5", "move r6, r5", "mod r6, r8, r5", "call r6, r10, r5", "nop",
                                     "call r5, r10, r0", 'store_global r5, "g"', "array_get r6, r7, r0"))  # fmt: skip
@pytest.mark.parametrize("rounds", (90, 20, 21, 22, 23))
def test_what_is_known_to_be_in_a_register_is_there(place: str, looking: str, rounds: int) -> None:
    places = dict.fromkeys(("before", "between", "behind"), "nop") | {place: looking}
    text = f"""
        .func "f" f
        load_const  r0, {rounds}
        load_const  r1, 1
        load_const  r5, 3
        load_const  r8, 100
        load_const  r11, 40
        new_array   r7, r11
        load_const  r10, "f"
again:  {places["before"]}
        lt          r9, r1, r0
        jump_if_not r9, done
        {places["between"]}
        load_const  r5, 7
        sub         r0, r0, r1
        {places["behind"]}
        jump        again
done:   print       r9
        print       r5
        return      r0
f:      sub         r2, r2, r2
        return
"""
    assert_runs_alike(text.replace("sub         r2, r2, r2", "nop"))


@pytest.mark.parametrize("pc", range(4, 12))
def test_a_breakpoint_in_a_loop_is_met_in_every_round(pc: int) -> None:
    text = """
        load_const  r0, 60
        load_const  r1, 1
        load_const  r2, 0
        load_const  r3, 7
again:  jump_if_not r0, done
        mod         r4, r0, r3
        lt          r5, r4, r3
        jump_if_not r5, done
        add         r2, r2, r4
        sub         r0, r0, r1
        jump        again
done:   return      r2
"""
    one, other = pair(assemble(text))
    one.run(100)
    other.run(100)
    while one.status is Status.READY:
        assert one.run(FOREVER, StopWhen(frozenset({pc}))) == other.run(FOREVER, StopWhen(frozenset({pc})))
        assert_alike(one, other)


def test_every_tick_of_a_loop_can_be_reached() -> None:
    text = TOWARDS.format(name="gte", jump="jump_if", first=0, step=1, last=70)
    one, other = pair(assemble(text))
    begin = other.checkpoint()
    while one.status is Status.READY:
        one.run(1)
        other.restore(begin)
        other.run(one.tick)
        assert_alike(one, other)
    assert compiled_ticks(other) > 10_000


@pytest.mark.parametrize("limit", (*range(140, 165), 400, 401, 402, 403, 404))
def test_a_limit_ends_a_loop_at_its_very_instruction(limit: int) -> None:
    one, other = pair(assemble(TOWARDS.format(name="gte", jump="jump_if", first=0, step=1, last=70)), limit)
    assert one.run() == other.run()
    assert_alike(one, other)


def test_loops_that_step_go_round_by_a_register() -> None:
    shapes = {
        "again: jump_if_not r0, done\nmod r4, r0, r3\nadd r2, r2, r4\nsub r0, r0, r1\njump again\ndone: return r2\n":
            "    r4 = r0 % r3\n    r2 = r2 + r4\n    continue\n",
        "again: add r2, r2, r3\nsub r0, r0, r1\nlt r5, r9, r0\njump_if r5, again\nreturn r2\n":
            "    r2 = r2 + r3\n    continue\n",
        "again: load_const r1, 1\nsub r0, r0, r1\nadd r2, r2, r0\njump_if r0, again\nreturn r2\n":
            "    r2 = r2 + r0\n    continue\n",
    }  # fmt: skip
    for body, inside in shapes.items():
        begin = "load_const r0, 500\nload_const r1, 1\nload_const r2, 0\nload_const r3, 7\nload_const r9, 0\n"
        assert inside in texts(assert_runs_alike(begin + body))


def test_a_divisor_that_was_found_to_be_zero_is_met() -> None:
    begin = "load_const r0, 50\nload_const r1, 1\nload_const r2, 2\nload_const r7, 30\n"
    loop = (
        "again: jump_if r0, more\nmod r3, r7, r0\nmore: div r0, r0, r2\nsub r7, r7, r1\njump_if r7, again\nreturn r3\n"
    )
    other = assert_runs_alike(begin + loop)
    assert other.fault is not None and other.fault.identity == "DivisionByZero"
