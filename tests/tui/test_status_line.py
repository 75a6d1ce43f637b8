from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.moments import fault, faulting, halting, moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Cell, Meter, Nest, Place, Status
from vm.toolchain import Forecast
from xqdbg.moment import BranchNote, Future
from xqdbg.tui.panes.status_line import StatusLine, bar

METERS = (Meter("steps", 1204, 10_000_000), Meter("bytes", 9 * 2**20, 2**30))


def line(width: int = 120, running: int | None = None, count: str = "", **fields: Any) -> str:
    status = StatusLine({0x12: 57, 0x20: 40})
    shown: list[str] = []

    async def script(pilot: Pilot[Any]) -> None:
        status.moment = moment(**{"pc": 0x12, "tick": 1204, "furthest": 1204, "meters": METERS, **fields})
        status.running, status.count = running, count
        await pilot.pause()
        shown.append(screen_text(pilot.app).splitlines()[0].strip())

    run_pane(status, script, size=(width, 3))
    return shown[0]


def test_says_when_and_where() -> None:
    text = line(furthest=9000, ended=True, nests=(Nest("loop", 4), Nest("loop", 8)))
    assert text.startswith("● ready  tick 1,204  of 9,000 (end)  pc 0x0012  line 57  depth 2")
    assert "steps 1,204/10M" in text
    assert "bytes 9,437,184/1Gi" in text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": Status.HALTED, "ended": True}, "■ halted"),
        ({"status": Status.FAULTED, "fault": fault(0x12)}, "✖ fault DIVIDE_BY_ZERO"),
        ({"status": Status.HOST}, "◆ waits for the host"),
    ],
)
def test_says_the_state_in_words(fields: dict[str, Any], expected: str) -> None:
    assert line(**fields).startswith(expected)


def test_says_how_far_a_run_has_come_and_which_count_is_typed() -> None:
    assert line(running=123_456).startswith("◌ running  tick 123,456")
    assert line(count="42").endswith("×42")


@pytest.mark.parametrize("width", [80, 60, 40, 24])
def test_gives_up_the_least_important_where_it_is_narrow(width: int) -> None:
    text = line(width, furthest=10**12, tick=10**9, count="7")
    assert text.startswith("● ready")
    assert text.endswith("×7")
    assert len(text) <= width


def test_bars_of_meters_are_the_first_to_go() -> None:
    assert "▏" in line(100)
    narrow = line(80)
    assert "▏" not in narrow
    assert "steps 1,204/10M" in narrow and "bytes 9,437,184/1Gi" in narrow


@pytest.mark.parametrize("spent", [True, False])
def test_the_meter_that_ran_out_is_there_in_80_columns(spent: bool) -> None:
    budget = replace(fault(0x12), code="MEMORY_LIMIT_EXCEEDED", over_budget=not spent)
    meters = (METERS[0], Meter("bytes", 2**30 if spent else 2**30 - 7, 2**30))
    text = line(80, status=Status.FAULTED, fault=budget, meters=meters, tick=12_345_678, furthest=12_345_678)
    assert f"bytes {meters[1].used:,}/1Gi" in text and "MEMORY_LIMIT_EXCEEDED" in text and len(text) <= 80


def test_meter_without_limit_is_a_number() -> None:
    assert line(meters=(Meter("gas", 12345, None),)).endswith("gas 12,345")


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "    "), (1e-9, "▏   "), (0.5, "██  "), (0.999999, "███▉"), (1, "████"), (7, "████"), (-1, "    ")],
)
def test_bar_is_never_empty_after_use_and_never_full_before_the_end(share: float, expected: str) -> None:
    assert bar(share) == expected


@pytest.mark.parametrize(
    ("future", "coming"),
    [
        (halting(2408), "halts in 1,204 ticks"),
        (halting(1205), "halts in 1 tick"),
        (faulting(1515, 0x20), "faults at line 40 in 311 ticks: DIVIDE_BY_ZERO"),
        (faulting(1515, 0x99), "faults at 0x0099 in 311 ticks: DIVIDE_BY_ZERO"),
        (Future(1_234_567, False), "exploring 1.2M…"),
        (Future(9_876, False), "exploring 9,876…"),
        (Future(20_000_000, False, note="the run is too long"), "known to 20M"),
        (Future(1300, True, Status.HOST), "waits for the host in 96 ticks"),
    ],
)
def test_says_what_is_coming(future: Future, coming: str) -> None:
    assert f"  {coming}  " in line(160, future=future, furthest=future.explored)


@pytest.mark.parametrize("status", [Status.HALTED, Status.FAULTED])
def test_nothing_comes_after_the_end(status: Status) -> None:
    text = line(160, future=halting(1204), status=status, ended=True)
    assert "halts" not in text and " in " not in text


def test_nothing_is_coming_while_something_runs() -> None:
    assert "halts" not in line(160, future=halting(9999), running=1300)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (120, "faults at line 40 in 311 ticks: DIVIDE_BY_ZERO"),
        (80, "faults in 311: DIVIDE_BY_ZERO"),
        (40, "faults in 311"),
    ],
)
def test_what_is_coming_is_said_in_fewer_words_where_it_is_narrow(width: int, shown: str) -> None:
    text = line(width, future=faulting(1515, 0x20), furthest=1515, nests=(Nest("loop", 4),))
    assert shown in text and len(text) <= width
    assert ("at line 40" in text) is (width == 120)


def test_in_80_columns_what_is_coming_stands_beside_line_and_first_meter() -> None:
    text = line(80, future=halting(10_000), furthest=10_000, nests=(Nest("loop", 4),))
    assert text.startswith("● ready  tick 1,204  halts in 8,796")
    assert "line 57" in text and "steps 1,204/10M" in text and len(text) <= 80


def test_branch_is_named_only_when_there_are_several() -> None:
    notes = (BranchNote("main"), BranchNote("b1", "main", 40, ("r1 = 7",), current=True))
    assert "branch" not in line(branches=notes[:1], branch="main")
    assert line(branches=notes, branch="b1").startswith("● ready  branch b1  tick 1,204")
    assert len(line(80, branches=notes, branch="b" * 40)) <= 80


@pytest.mark.parametrize(
    ("depths", "told"),
    [({0x12: 2}, "stack 3, predicted 2"), ({0x12: 3}, ""), ({0x12: None}, ""), ({}, "")],
)
def test_says_where_the_verifier_expected_another_depth(depths: dict[int, int | None], told: str) -> None:
    cells = {"stack": tuple(Cell(f"stack[{at}]", "1", "int", 1) for at in range(3))}
    text = line(160, forecast=Forecast(Place("stack"), depths, ()), cells=cells)
    assert ("predicted" in text) is bool(told)
    assert told in text
