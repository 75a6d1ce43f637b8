"""What compiling may cost, against what the interpreter alone would take."""

from __future__ import annotations

from math import inf

import pytest

from vm.pvm.native.thrift import FIRST_PATIENCE, PATIENCE, SHARE, Thrift


def test_a_tenth_of_what_was_interpreted_is_allowed() -> None:
    thrift = Thrift(eager=False)
    assert not thrift.due()
    thrift.interpreted(10_000_000, FIRST_PATIENCE)
    assert thrift.due() and thrift.allowed == pytest.approx(SHARE * FIRST_PATIENCE)
    thrift.interpreted(10_000_000, 1.0)
    thrift.refused(0.05, 1.0)
    assert thrift.allowed == pytest.approx(SHARE * (1.0 + FIRST_PATIENCE) - 0.05)


def test_what_compiled_code_saves_may_be_spent() -> None:
    thrift = Thrift(eager=False)
    thrift.interpreted(10_000_000, 1.0)
    thrift.compiled(0.1)
    assert thrift.allowed == pytest.approx(0.0)
    thrift.ran(100_000_000, 0.5)
    assert thrift.allowed == pytest.approx(11 * (1 + SHARE) - 1.0 - 0.1 - 0.5)
    assert not thrift.due()
    thrift.interpreted(1_000, PATIENCE)
    assert thrift.due()


def test_code_that_is_slower_than_the_interpreter_pays_for_nothing() -> None:
    thrift = Thrift(eager=False)
    thrift.interpreted(10_000_000, 1.0)
    thrift.ran(1_000, 1.0)
    assert thrift.allowed < 0


def test_it_is_not_asked_at_every_moment() -> None:
    thrift = Thrift(eager=False)
    thrift.interpreted(1_000_000, 1.0)
    for needed in (0.0001, 3.0, inf):
        thrift.refused(0.001, needed)
        assert not thrift.due()
        asked = 0
        while not thrift.due():
            thrift.interpreted(1_000, 0.01)
            asked += 1
        assert asked > 1
    thrift.give_up()
    thrift.interpreted(1, 1e9)
    assert not thrift.due()


def test_who_is_eager_pays_anything() -> None:
    thrift = Thrift(eager=True)
    assert thrift.due() and thrift.allowed == inf
    thrift.compiled(5.0)
    assert not thrift.due() and thrift.allowed == inf
