"""Numbers of writes are those of the run, at every moment and in every block."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.support.examples import example_machine
from tests.support.programs import Generator
from vm.contract import Effect, Frame, Machine, Place, Region
from vm.xqvm import Program, XqvmMachine
from xqdbg import tally
from xqdbg.glance import Glance, Of, Tally
from xqdbg.history import History
from xqdbg.session import Session
from xqdbg.tally import HEAD, Tallies, cell_of
from xqdbg.timeline import Timeline

Naive = list[tuple[int, Place]]


def writes_of(machine: Machine) -> Naive:
    """Every write of the run, by tick."""
    found: Naive = []

    def note(effect: Effect) -> None:
        found.extend((effect.tick, write.place) for write in effect.writes)

    machine.run(10**7, None, note)
    return found


def counted(machine: Machine, name: str) -> Tallies:
    history = History(Timeline(machine).scout())
    history.complete()
    tallies = Tallies(history, name)
    while tallies.go_on(lambda: False):
        pass
    return tallies


def naive(writes: Naive, name: str, now: int | None) -> Counter[tuple[int, int]]:
    return Counter(
        cell
        for tick, place in writes
        if place.name == name and (now is None or tick < now) and (cell := cell_of(place)) is not None
    )


def check(tallies: Tallies, writes: Naive, region: Region, now: int | None, frame: Frame) -> None:
    expected = naive(writes, region.name, now)
    window = tallies.window(region, frame, now, "")
    for down, line in enumerate(window.cells):
        for across, value in enumerate(line):
            top, left = frame.row + down * frame.scale, frame.col + across * frame.scale
            rows, cols = range(top, top + frame.scale), range(left, min(left + frame.scale, region.cols))
            block = [expected[_key(region, row, col)] for row in rows for col in cols if row < region.rows]
            assert (value or 0) == max(block, default=0)
    for across, value in enumerate(window.head):
        left = frame.col + across * frame.scale
        assert (value or 0) == max(expected[HEAD, col] for col in range(left, left + frame.scale))
    assert window.largest == max(expected.values(), default=0)
    assert window.stored == len(expected)
    assert window.complete


def _key(region: Region, row: int, col: int) -> tuple[int, int]:
    return (row, col) if region.head else (HEAD, row * region.cols + col)


@pytest.mark.parametrize("name", ["tsp5/encoder", "max3sat/encoder", "partitioning/encoder"])
def test_counts_of_an_example_at_any_moment(name: str) -> None:
    machine = example_machine(name)
    writes = writes_of(machine.twin())
    ended = machine.twin()
    ended.run(10**7)
    regions = ended.regions()
    assert regions
    for region in regions:
        tallies = counted(machine.twin(), region.name)
        random = Random(name + region.name)
        for _ in range(12):
            now = random.choice([None, random.randrange(ended.tick + 1)])
            scale = random.choice([1, 1, 2, 3, 7])
            row, col = random.randrange(region.rows), random.randrange(region.cols)
            frame = Frame(row // scale * scale, col // scale * scale, 9, 9, scale)
            check(tallies, writes, region, now, frame)


@pytest.mark.parametrize("seed", range(12))
def test_counts_of_any_program(seed: int) -> None:
    generator = Generator(seed)
    machine = XqvmMachine(Program(generator.program()), **generator.inputs())
    writes = writes_of(machine.twin())
    ended = machine.twin()
    ended.run(10**7)
    for region in ended.regions():
        if region.rows:
            check(counted(machine.twin(), region.name), writes, region, None, Frame(0, 0, region.rows, region.cols))


def test_the_first_and_the_last_write_to_a_place_are_told() -> None:
    machine = example_machine("tsp5/encoder")
    writes = writes_of(machine.twin())
    ended = machine.twin()
    ended.run(10**7)
    region = ended.regions()[0]
    tallies = counted(machine.twin(), region.name)
    for text in ("r3.linear[0]", "r3.quad[0,1]", "r3.quad[1,7]"):
        place = Place.parse(text)
        ticks = [tick for tick, written in writes if written == place]
        cell = cell_of(place)
        window = tallies.window(region, Frame(cursor=cell), None, text)
        assert (window.focus, window.first, window.last) == (len(ticks), ticks[0], ticks[-1])
        before = tallies.window(region, Frame(cursor=cell), ticks[0], text)
        assert (before.focus, before.first, before.last) == (0, None, None)
        behind = tallies.window(region, Frame(cursor=cell), ticks[0] + 1, text)
        assert (behind.focus, behind.first, behind.last) == (1, ticks[0], ticks[0])


def test_what_was_not_counted_yet_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = example_machine("tsp5/encoder")
    history = History(Timeline(machine).scout())
    history.complete()
    tallies = Tallies(history, "r3")
    ended = machine.twin()
    ended.run(10**7)
    region = ended.regions()[0]
    assert not tallies.window(region, Frame(), None, "").complete
    asked = iter([False] * 40)
    assert tallies.go_on(lambda: not next(asked, False) and next(asked, None) is None), "it was late before the end"
    part = tallies.window(region, Frame(), None, "")
    assert 0 < part.counted <= history.length and not part.complete
    monkeypatch.setattr(tally, "MOST_WRITES", 5)
    few = counted(machine.twin(), "r3")
    assert few.full
    window = few.window(region, Frame(0, 0, 25, 25), None, "")
    assert not window.complete
    assert sum(value or 0 for line in (window.head, *window.cells) for value in line) == 5


def test_a_long_way_is_counted_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_AT_ONCE", 7)
    machine = example_machine("tsp5/encoder")
    tallies = counted(machine.twin(), "r3")
    ended = machine.twin()
    ended.run(10**7)
    region, frame = ended.regions()[0], Frame(0, 0, 25, 25)
    for now in (ended.tick, 3225, None):
        assert not tallies.window(region, frame, now, "").complete
        assert not tallies.go_on(lambda: False), "it goes on where somebody looks"
        check(tallies, writes_of(machine.twin()), region, now, frame)


# -- in a session -----------------------------------------------------------------------------------------------------


def test_a_session_counts_while_nobody_asks_for_anything_else() -> None:
    session = Session(example_machine("tsp5/encoder"))
    session.goto("3230")
    frame = Frame(0, 0, 25, 25, 1, (0, 1))
    session.see("matrix", "r3", {"matrix": Glance(frame), "matrix.other": Glance(frame, Of.ALL_WRITES)})
    first = session.moment.windows["matrix.other", "r3"]
    assert isinstance(first, Tally) and not first.complete
    for _ in range(1000):
        if not session.explore(0.01):
            break
    window = session.moment.windows["matrix.other", "r3"]
    assert isinstance(window, Tally) and window.complete
    writes = naive(writes_of(example_machine("tsp5/encoder")), "r3", None)
    assert window.focus == writes[0, 1]
    assert window.stored == len(writes)
    session.see("matrix", "r3", {"matrix": Glance(frame)})
    assert set(session.moment.windows) == {("matrix", "r3")}


def test_counts_are_those_of_the_branch() -> None:
    session = Session(example_machine("tsp5/encoder"))
    session.goto("3225")
    frame = Frame(0, 0, 25, 25, 1, (0, 1))
    session.see("matrix", "r3", {"matrix.other": Glance(frame, Of.ALL_WRITES)})

    def finished() -> Tally:
        while session.explore(0.05):
            pass
        window = session.moment.windows["matrix.other", "r3"]
        assert isinstance(window, Tally) and window.complete
        return window

    whole = finished().stored
    session.jump("81")
    assert finished().stored < whole
    session.switch("main")
    assert finished().stored == whole
