"""The set of breakpoints."""

from __future__ import annotations

import pytest

from tests.support.toy import toy_machine
from xqdbg.breakpoints import Breakpoints
from xqdbg.errors import XqdbgError
from xqdbg.locations import AtTick, InCode
from xqdbg.moment import Kind


def empty() -> Breakpoints:
    return Breakpoints(toy_machine("NOP\nNOP\nHALT").code())


def at(*pcs: int) -> InCode:
    return InCode(frozenset(pcs))


def test_numbers_are_never_used_twice() -> None:
    breakpoints = empty()
    assert [breakpoints.add(at(pc)).number for pc in (10, 20, 10)] == [1, 2, 1]
    breakpoints.remove(2)
    assert breakpoints.add(at(20)).number == 3
    breakpoints.remove(3)
    breakpoints.remove(1)
    assert breakpoints.add(at(10)).number == 4


def test_hits_are_counted_and_some_passed_over() -> None:
    breakpoints = empty()
    breakpoints.add(at(10))
    breakpoints.add(at(20))
    breakpoints.ignore(2, 2)
    assert [told.number for told in breakpoints.hit((1, 2))] == [1]
    assert breakpoints.hit((2,)) == ()
    assert [told.number for told in breakpoints.hit((2,))] == [2]
    assert [told.hits for told in breakpoints.all] == [1, 3]
    breakpoints.forget_hits()
    assert [told.hits for told in breakpoints.all] == [0, 0]


def test_setting_again_enables_and_keeps_hits() -> None:
    breakpoints = empty()
    breakpoints.add(at(10))
    breakpoints.hit((1,))
    breakpoints.enable(1, False)
    again = breakpoints.add(at(10))
    assert (again.number, again.enabled, again.hits) == (1, True, 1)


def test_an_event_and_a_condition_at_the_same_address_are_their_own() -> None:
    breakpoints = empty()
    assert [breakpoints.add(at(10), "op:NOP").number, breakpoints.add(at(10), "", "tick > 3").number] == [1, 2]
    assert breakpoints.add(at(10)).number == 3
    assert [told.number for told in breakpoints.all] == [1, 2, 3]


@pytest.mark.parametrize(
    ("first", "second", "temporary"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_lasting_breakpoint_stays_lasting(first: bool, second: bool, temporary: bool) -> None:
    breakpoints = empty()
    breakpoints.add(at(10), temporary=first)
    assert breakpoints.add(at(10), temporary=second).temporary is temporary
    assert breakpoints.hit((1,)) != ()
    assert bool(breakpoints.all) is not temporary


def test_an_unknown_number_is_told_with_those_there_are() -> None:
    breakpoints = empty()
    with pytest.raises(XqdbgError, match="no breakpoint 7") as error:
        breakpoints.numbered(7)
    assert "none is set" in error.value.hint
    breakpoints.add(at(10))
    breakpoints.add(AtTick(20), "tick 20")
    with pytest.raises(XqdbgError) as error:
        breakpoints.numbered(7)
    assert error.value.hint == "there are 1, 2"


def test_what_was_handed_out_does_not_change() -> None:
    breakpoints = empty()
    breakpoints.add(at(10))
    before = breakpoints.all
    breakpoints.hit((1,))
    breakpoints.remove(1)
    assert before[0].hits == 0


def test_only_a_place_is_read() -> None:
    with pytest.raises(XqdbgError, match="is no place"):
        empty().watch("r1 + 1", Kind.READ)


def test_there_is_an_end_to_how_many_there_can_be() -> None:
    breakpoints = empty()
    for tick in range(1_000):
        breakpoints.add(AtTick(tick), f"tick {tick}")
    with pytest.raises(XqdbgError, match="the most there can be"):
        breakpoints.add(AtTick(1_000), "tick 1000")
