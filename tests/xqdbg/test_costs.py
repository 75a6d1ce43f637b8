"""What lines and opcodes cost in a whole run is the sum of what every effect tells."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forks import branches, makers, random_tree
from tests.support.toy import toy_machine
from tests.support.toy.programs import ENDLESS, NESTED
from tests.xqdbg.test_queries import giving_up_after, history_of
from vm.contract import Effect, Machine
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from xqdbg import resources
from xqdbg.answer import Answer
from xqdbg.commands import COMMANDS, CommandError, Request
from xqdbg.costs import BY, Costs, bar, ranked
from xqdbg.counting import Counting, cost
from xqdbg.errors import XqdbgError
from xqdbg.history import History, Limits
from xqdbg.machines import open_program
from xqdbg.patience import Patience
from xqdbg.session import Session

SEEDS = st.integers(0, 1 << 40)
Sums = dict[object, list[int]]


def summed(effects: list[Effect], names: tuple[str, ...], history: History, by: str) -> Sums:
    """Executions and charges, one effect at a time; lines without source by their address."""
    found: Sums = defaultdict(lambda: [0] * (1 + len(names)))
    for effect in effects:
        line = history.code.get(effect.pc)
        if by == "opcode":
            key: object = "?" if line is None else line.op
        else:
            address = f"@{effect.pc}" if line is not None and line.counted else f"0x{effect.pc:04x}"
            key = address if line is None or line.source_line is None else str(line.source_line)
        told = dict(effect.costs)
        for at, amount in enumerate((1, *(told.get(name, 0) for name in names))):
            found[key][at] += amount
    return dict(found)


def check(history: History, effects: list[Effect], end: Machine) -> None:
    """Every way to tell costs agrees with the effects, and what they come to with the meters at the end."""
    counting = Counting(history)
    names = tuple(meter.name for meter in end.meters())
    for by in BY:
        answer = cost(history, counting, by)
        head = 2 if by == "line" else 1
        told = {row.cells[0]: [row.data[name] for name in ("count", *names)] for row in answer.rows}
        assert told == summed(effects, names, history, by)
        assert {row.cells[0]: row.cells[head] for row in answer.rows} == {k: f"{v[0]:,}" for k, v in told.items()}
        dearest = [row.data[names[0]] for row in answer.rows]
        assert dearest == sorted(dearest, reverse=True) and answer.complete
        assert answer.value == {"count": len(effects), **{meter.name: meter.used for meter in end.meters()}}
        for row in answer.rows:
            assert row.tick is not None and history.code is not None


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_costs_are_the_sum_of_all_effects_on_every_branch(seed: int) -> None:
    make = makers(seed)
    tree = branches(make)
    import random

    for branch in [tree.current, *random_tree(random.Random(seed), tree, 2)]:
        history = History(branch.scout())
        history.complete()
        effects = list(history.each_effect(0, history.length))
        check(history, effects, history.at(history.length))


@pytest.mark.parametrize("example", list(resources.examples()), ids=lambda example: example.name)
def test_what_an_example_costs_is_what_its_meters_say(example: resources.Example) -> None:
    tools, program = open_program(example.program.read_bytes(), str(example.program))
    inputs = json.loads(example.inputs.read_text(encoding="utf-8")) if example.inputs else {}
    session = Session(tools.machine(program, inputs))
    answer = session.cost("line").answer
    assert answer is not None and answer.complete
    end = session.end()
    assert answer.value == {"count": end.tick, **{meter.name: meter.used for meter in end.meters}}
    if end.tick <= 20_000:
        effects = list(session.history.each_effect(0, end.tick))
        check(session.history, effects, session.machine)


def test_the_dearest_by_another_meter() -> None:
    machine = XqvmMachine(assemble("PUSH 3\nBQMX r0\nPUSH 9\nBSMX r1\nPUSH 0\nPOP\nPUSH 1\nPOP\nHALT"))
    history = history_of(machine)
    by_bytes = cost(history, Counting(history), "opcode", "bytes")
    assert [(row.cells[0], row.data["bytes"]) for row in by_bytes.rows][:2] == [("BSMX", 72), ("BQMX", 24)]
    by_count = cost(history, Counting(history), "opcode", "count")
    assert by_count.rows[0].data == {
        "opcode": "PUSH1", "count": 4, "steps": 4, "bytes": 0,
        "shares": {"count": 4 / 9, "steps": 4 / 18, "bytes": 0.0},
    }  # fmt: skip
    for by, of in (("mood", ""), ("line", "gold")):
        with pytest.raises(XqdbgError):
            cost(history, Counting(history), by, of)


def test_counting_goes_on_where_it_stopped_and_tells_how_far_it_is() -> None:
    history, ticks = history_of(toy_machine(NESTED)), list[int]()
    counting = Counting(history)
    answer = cost(history, counting, "line", "", Patience(giving_up_after(0)))
    assert not answer.complete
    history.complete()
    while counting.go_on(history, lambda: True):
        costs = counting.costs(history)
        assert not costs.complete and 0 <= costs.counted < 1
        ticks.append(costs.tick)
    assert ticks == sorted(set(ticks)) and counting.costs(history).complete
    assert counting.costs(history) is counting.costs(history)
    told: list[int] = []
    assert cost(history_of(toy_machine(NESTED)), Counting(history), "line", "", Patience(progress=told.append)).complete


def test_a_run_that_is_too_long_is_told_as_far_as_it_is_known() -> None:
    history = history_of(toy_machine(ENDLESS), limits=Limits(ticks=5_000))
    answer = cost(history, Counting(history), "line")
    assert not answer.complete and "longer than 5,000 ticks" in answer.note
    assert answer.value == {"count": 5_000, "fuel": 5_000}


def test_nothing_costs_nothing() -> None:
    answer = cost(history := history_of(XqvmMachine(assemble(""))), Counting(history), "line")
    assert answer.title == "0 steps and 0 bytes: 0 lines" and not answer.rows


# In a session


def obeyed(session: Session, argument: str) -> Answer:
    command = next(command for command in COMMANDS if command.word == "cost")
    assert command.run is not None
    answer = command.run(session, Request(argument)).answer
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("argument", "columns", "asked"),
    [
        ("", "line", "cost by line"),
        ("by line", "line", "cost by line"),
        ("li", "line", "cost by line"),
        ("by op", "opcode", "cost by opcode"),
        ("by opcode of FUEL", "opcode", "cost by opcode of fuel"),
        ("of count", "line", "cost by line of count"),
    ],
)
def test_the_command(argument: str, columns: str, asked: str) -> None:
    session = Session(toy_machine(NESTED))
    assert obeyed(session, argument).columns[0] == columns
    assert session.asked == [asked]


@pytest.mark.parametrize(
    ("argument", "column"), [("by", 0), ("by mood", 0), ("mood", 0), ("by line of", 10), ("of gold", 3), ("line op", 0)]
)
def test_a_mistake_is_told_with_its_column(argument: str, column: int) -> None:
    with pytest.raises(CommandError) as raised:
        obeyed(Session(toy_machine(NESTED)), argument)
    assert raised.value.column == column


def test_costs_come_with_moments_while_they_are_wanted_and_each_branch_has_its_own() -> None:
    session = Session(toy_machine(NESTED))
    assert session.moment.costs is None
    session.want_costs()
    for _ in range(1_000):
        if not session.explore(0.001):
            break
    first = session.moment.costs
    assert first is not None and first.complete and first.totals[0] == session.history.length
    session.goto_tick(5)
    assert session.moment.costs is first
    session.edit([("r0", "1")])
    while session.explore(0.01):
        pass
    other = session.moment.costs
    assert other is not None and other.complete and other is not first
    assert other.totals[0] == session.history.length
    session.switch("main")
    while session.explore(0.01):
        pass
    assert session.moment.costs is not None and session.moment.costs.totals == first.totals
    assert session.want_costs(False).costs is None


def test_exploring_ends_and_what_is_not_wanted_is_not_counted() -> None:
    session = Session(toy_machine(NESTED))
    while session.explore(0.01):
        pass
    assert session.moment.costs is None and not session.explore(0.01)
    session.want_costs()
    while session.explore(0.01):
        pass
    assert session.moment.costs is not None and session.moment.costs.complete and not session.explore(0.01)


# Bars


@pytest.mark.parametrize(
    ("amount", "most", "width", "expected"),
    [(0, 10, 8, ""), (10, 10, 4, "████"), (5, 10, 4, "██"), (1, 10_000, 4, "▏"), (9, 16, 2, "█▏"), (20, 10, 2, "██"),
     (1, 0, 4, ""), (1, 1, 0, ""), (-3, 10, 4, "")],
)  # fmt: skip
def test_a_bar_is_as_long_as_its_share(amount: int, most: int, width: int, expected: str) -> None:
    assert bar(amount, most, width) == expected


def test_shares_are_ranked_by_a_column_then_by_how_often() -> None:
    history = history_of(toy_machine(NESTED))
    counting = Counting(history)
    cost(history, counting, "line")
    costs = counting.costs(history)
    assert isinstance(costs, Costs)
    amounts = [share.amounts for share in ranked(costs.shares["line"], 1)]
    assert amounts == sorted(amounts, key=lambda each: (-each[1], -each[0]))


def test_what_is_known_of_a_run_without_an_end_is_told_as_the_same_until_there_is_more() -> None:
    history = history_of(toy_machine(ENDLESS), limits=Limits(ticks=5_000))
    counting = Counting(history)
    history.complete()
    while counting.go_on(history, lambda: False):
        pass
    told = counting.costs(history)
    assert not told.complete and told.note
    assert counting.costs(history) is told
