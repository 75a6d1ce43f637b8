"""The set of breakpoints."""

from __future__ import annotations

import pytest

from xqdbg.breakpoints import Breakpoints
from xqdbg.errors import XqdbgError


def test_numbers_are_never_used_twice() -> None:
    breakpoints = Breakpoints()
    assert [breakpoints.add(pc).number for pc in (10, 20, 10)] == [1, 2, 1]
    breakpoints.remove(20)
    assert breakpoints.add(20).number == 3
    breakpoints.remove(20)
    breakpoints.remove(10)
    assert breakpoints.add(10).number == 4


def test_only_enabled_ones_stop_and_count() -> None:
    breakpoints = Breakpoints()
    breakpoints.add(10)
    breakpoints.add(20)
    breakpoints.enable(20, False)
    assert breakpoints.pcs == {10}
    assert breakpoints.hit(20) is None
    assert breakpoints.hit(30) is None
    hit = breakpoints.hit(10)
    assert hit is not None and hit.hits == 1
    assert [breakpoint.hits for breakpoint in breakpoints.by_pc().values()] == [1, 0]
    breakpoints.forget_hits()
    assert [breakpoint.hits for breakpoint in breakpoints.by_pc().values()] == [0, 0]


def test_setting_again_enables_and_keeps_hits() -> None:
    breakpoints = Breakpoints()
    breakpoints.add(10)
    breakpoints.hit(10)
    breakpoints.enable(10, False)
    again = breakpoints.add(10)
    assert (again.number, again.enabled, again.hits) == (1, True, 1)


@pytest.mark.parametrize(
    ("first", "second", "temporary"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_lasting_breakpoint_stays_lasting(first: bool, second: bool, temporary: bool) -> None:
    breakpoints = Breakpoints()
    breakpoints.add(10, temporary=first)
    assert breakpoints.add(10, temporary=second).temporary is temporary
    assert breakpoints.hit(10) is not None
    assert bool(breakpoints.by_pc()) is not temporary


def test_an_unknown_number_is_told_with_those_there_are() -> None:
    breakpoints = Breakpoints()
    with pytest.raises(XqdbgError, match="no breakpoint 7") as error:
        breakpoints.numbered(7)
    assert "none is set" in error.value.hint
    breakpoints.add(10)
    breakpoints.add(20)
    with pytest.raises(XqdbgError) as error:
        breakpoints.numbered(7)
    assert error.value.hint == "there are 1, 2"


def test_what_was_handed_out_does_not_change() -> None:
    breakpoints = Breakpoints()
    breakpoints.add(10)
    before = breakpoints.by_pc()
    breakpoints.hit(10)
    breakpoints.remove(10)
    assert before[10].hits == 0
