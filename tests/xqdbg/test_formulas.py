"""The formulas of the table are what the machine does, and its conditions are when it faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.explained import facts_before
from tests.support.situations import ROWS
from tests.support.states import States
from vm.contract import Effect, Place, PlaceError, Value
from vm.isa import Op
from vm.xqvm.isa import ISA
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model
from xqdbg.explanation.evaluating import Put, defined, evaluate, meant, number, puts, quantity_of
from xqdbg.explanation.facts import Facts, UnknownError
from xqdbg.explanation.formula import FormulaError, assignment, quantity, term

STATES = 1_000
IN_WORDS = {"TARGET", "NOP", "HALT", "POP", "SCLR", "JUMP1", "JUMP2", "JUMPI1", "JUMPI2"}
"""Instructions whose sentence says all there is; where control goes is told by `taken`."""
MOST = 20 * STATES
"""States among which must be STATES in which an instruction completes."""


def writes_of(facts: Facts) -> list[Put]:
    """All that a formula says is written, in order."""
    names: dict[str, int] = {}
    found: list[Put] = []
    for text in facts.op.formula:
        line = assignment(text)
        if not meant(line, facts):
            continue
        if defined(line, facts):
            names[line.place.name] = number(line.value.tree, facts, names)
        else:
            found += puts(line, facts, names, 100_000)
    return found


def definitions(facts: Facts) -> dict[str, int]:
    names: dict[str, int] = {}
    for text in facts.op.formula:
        line = assignment(text)
        try:
            if defined(line, facts):
                names[line.place.name] = number(line.value.tree, facts, names)
        except UnknownError:
            continue
    return names


class Wanted:
    """What a formula says every place holds afterwards."""

    def __init__(self, facts: Facts, before: XqvmMachine) -> None:
        self.facts, self.before = facts, before
        self.values: dict[Place, Value] = {}
        self.pushed: dict[str, int] = {}

    def take(self, put: Put) -> None:
        if put.name in self.facts.op.pushes:
            assert isinstance(put.value, int)
            self.pushed[put.name] = put.value + (self.pushed.get(put.name, 0) if put.adds else 0)
            return
        place = self._place(put)
        old = self.values.get(place, self._old(place)) if put.adds else 0
        assert not put.adds or (isinstance(old, int) and isinstance(put.value, int))
        self.values[place] = old + put.value if put.adds else put.value  # type: ignore[operator]

    def _place(self, put: Put) -> Place:
        """Where it goes: behind the last element, into the loop that is open afterwards, or where it says."""
        place = self.facts.place(put.name, put.path)
        if place.name == "loop":
            opens = self.facts.op.name in ("RANGE", "ITER")
            return Place("loop", ((self.before.depth - (not opens),), *place.path))
        if place.path == ((-1,),) and place.name != "stack":
            length = self.before.get(Place(place.name, ("length",)))
            assert isinstance(length, int)
            more = sum(other.name == place.name for other in self.values)
            return Place(place.name, ((length + more,),))
        return self.before.resolve(place)

    def _old(self, place: Place) -> Value:
        try:
            return self.before.get(place)
        except PlaceError:
            return 0


def with_coefficients(facts: Facts, machine: XqvmMachine) -> Facts:
    """Effects tell a model that is read as a whole as one value: here are its parts."""
    for operand in facts.op.operands:
        model = facts.values.get((operand.name, ()))
        if isinstance(model, Model):
            for i in range(model.size):
                facts.values[operand.name, ("linear", (i,))] = model.line(i)
                for j in range(i, model.size):
                    facts.values[operand.name, ("quad", (i, j))] = model.pair(i, j)
    return facts


def check_writes(machine: XqvmMachine, before: XqvmMachine, facts: Facts) -> None:
    wanted = Wanted(facts, before)
    found = writes_of(with_coefficients(facts, before))
    for put in found:
        wanted.take(put)
    assert list(wanted.pushed.values()) == list(machine.stack[len(machine.stack) - len(wanted.pushed) :])
    assert set(wanted.pushed) in ({*facts.op.pushes}, set())
    for place, value in wanted.values.items():
        assert machine.get(place) == value, f"{place}"


def check_nothing_else(effect: Effect, facts: Facts) -> None:
    """Coefficients that are written are coefficients the formula names."""
    names = {str(facts.place(put.name, put.path)) for put in writes_of(facts)}
    swapped = {name for each in writes_of(facts) for name in _both_ways(facts, each)}
    for write in effect.writes:
        if write.place.path[:1] in (("linear",), ("quad",)):
            assert str(write.place) in names | swapped


def _both_ways(facts: Facts, put: Put) -> Sequence[str]:
    last = put.path[-1] if put.path else None
    if isinstance(last, tuple) and len(last) == 2:
        return [str(facts.place(put.name, (*put.path[:-1], (last[1], last[0]))))]
    return []


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_formulas_costs_and_ways_are_those_of_the_machine(op: Op) -> None:
    states = States(op.name, 1)
    line = next(line for line in states.machine.code() if line.pc == states.pc)
    completed = 0
    for machine in states.each(MOST):
        before = machine.twin()
        before.restore(machine.checkpoint())
        facts, effect = facts_before(machine, line)
        if effect.fault is not None:
            continue
        if (completed := completed + 1) > STATES:
            break
        check_writes(machine, before, facts)
        check_nothing_else(effect, facts)
        check_costs(op, facts, effect)
        if op.taken:
            goes = any(write.place == Place("pc") for write in effect.writes)
            assert bool(evaluate(term(op.taken).tree, facts, {})) == goes
    assert completed > STATES, "too few states in which it completes"


def check_costs(op: Op, facts: Facts, effect: Effect) -> None:
    names = definitions(facts)
    for meter, rule, base in (("steps", op.steps, 1), ("bytes", op.bytes, 0)):
        cost = quantity(rule)
        try:
            amount = None if cost is None else quantity_of(cost, facts, names)
        except UnknownError:
            assert " if " in rule
            continue
        assert amount is None or amount + base == dict(effect.costs)[meter]


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_the_first_condition_that_is_due_is_the_fault(op: Op) -> None:
    states = States(op.name, 2)
    line = next(line for line in states.machine.code() if line.pc == states.pc)
    seen: Counter[str] = Counter()
    for machine in states.each(STATES // 2):
        facts, effect = facts_before(machine, line)
        due = first_due(op, facts)
        seen["known" if due else "words"] += effect.fault is not None
        if effect.fault is None:
            assert due == ""
        elif due:
            assert due == effect.fault.identity
        else:
            assert any(not each.due for each in op.conditions if each.identity == effect.fault.identity) or unknown(
                op, facts, effect.fault.identity
            )
    assert seen["known"] >= seen["words"] or op.name == "OUTPUT"


def first_due(op: Op, facts: Facts) -> str:
    names = definitions(facts)
    for meter, rule, base in (("steps", op.steps, 1), ("bytes", op.bytes, 0)):
        cost = quantity(rule)
        try:
            if cost is not None:
                facts.values[meter, ("needed",)] = quantity_of(cost, facts, names) + base
        except UnknownError:
            continue
    for condition in op.conditions:
        try:
            if condition.due and evaluate(term(condition.due).tree, facts, names):
                return condition.identity
        except UnknownError:
            continue
    return ""


def unknown(op: Op, facts: Facts, identity: str) -> bool:
    """Whether some condition of that fault needs what is not known."""
    for condition in op.conditions:
        if condition.identity == identity and condition.due:
            try:
                evaluate(term(condition.due).tree, facts, definitions(facts))
            except UnknownError:
                return True
    return False


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_every_row_says_what_it_computes_and_when_it_faults(op: Op) -> None:
    assert bool(op.formula) != (op.name in IN_WORDS)
    for text in op.formula:
        assignment(text)
    for condition in op.conditions:
        assert condition.when and not condition.when.endswith(".")
        if condition.due:
            term(condition.due)
    dispatched = {"StepLimitExceeded"} | ({"StackUnderflow"} if op.needs else set())
    assert {each.identity for each in op.conditions} == set(op.faults) | dispatched


def test_every_opcode_has_states() -> None:
    assert set(ROWS) == set(ISA.by_name)


@pytest.mark.parametrize("text", ["", "a", "a == b", "1 = 2", "a = b for", "a = b for t", "a = b else c"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(Exception) as caught:
        assignment(text)
    assert isinstance(caught.value, FormulaError) or type(caught.value).__name__ == "ExpressionError"


@pytest.mark.parametrize("text", ["result = a + b + 1", "result = a * b", "result = b - a", "result = max(a, b)"])
def test_a_wrong_formula_is_noticed(text: str) -> None:
    op = replace(ISA.by_name["ADD"], formula=(text,))
    states = States("ADD", 1)
    line = next(line for line in states.machine.code() if line.pc == states.pc)
    with pytest.raises(AssertionError):
        for machine in states.each(50):
            before = machine.twin()
            before.restore(machine.checkpoint())
            facts, effect = facts_before(machine, line)
            facts.op = op
            if effect.fault is None:
                check_writes(machine, before, facts)
