"""What is seen of other moments is what is there when one goes to them."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.examples import example_machine, example_session
from tests.support.toy import toy_machine
from vm.contract import Frame, Window
from xqdbg.branches import Branch
from xqdbg.glance import Glance, Of, Stand
from xqdbg.session import Session, glances
from xqdbg.timeline import Pacing, Timeline

COUNTING = """\
  SET r1 1
.again
  ADD r0 r0 r1
  PUT r4 r5 r0
  JNZ r1 .again
"""
BARE = Pacing(most_slice=500, spacing_seconds=1e9)
"""Runs little at a time, and leaves no checkpoint on the way."""
WHOLE = Frame(0, 0, 25, 25, 1, (0, 1))


def seen(session: Session, of: Of, then: Stand | None = None, frame: Frame = WHOLE) -> Window | None:
    session.see("matrix", "r3", {"matrix": Glance(frame), "matrix.other": Glance(frame, of, then)})
    return session.moment.windows.get(("matrix.other", "r3"))


def values(window: Window | None) -> object:
    assert window is not None
    return window.cells, window.head, window.focus


@pytest.mark.parametrize("frame", [WHOLE, Frame(0, 0, 7, 7, 4), Frame(3, 5, 4, 9, 1, (-1, 2))])
def test_the_next_moment_is_seen_before_it_comes(frame: Frame) -> None:
    session, random = example_session("tsp5/encoder"), Random(1)
    ticks = [5, 6, 7, *range(3220, 3260), *random.sample(range(9, 3220), 25)]
    for tick in ticks:
        session.goto(str(tick))
        coming = seen(session, Of.NEXT, frame=frame)
        session.step()
        if any(region.name == "r3" for region in session.moment.regions) and coming is not None:
            assert values(session.moment.windows["matrix", "r3"]) == values(coming)


def test_the_preview_changes_just_what_the_step_changes() -> None:
    session = example_session("tsp5/encoder")
    for tick in range(3219, 3258):
        session.goto(str(tick))
        before, coming = session.moment.windows.get(("matrix", "r3")), seen(session, Of.NEXT)
        before = session.moment.windows["matrix", "r3"]
        assert coming is not None
        effect = session.moment.coming
        assert effect is not None
        written = {write.place for write in effect.writes if write.place.name == "r3" and write.old != write.new}
        differing = sum(
            (a or 0) != (b or 0)
            for old, new in zip((before.head, *before.cells), (coming.head, *coming.cells), strict=True)
            for a, b in zip(old, new, strict=True)
        )
        assert differing == len(written)


def test_nothing_comes_after_the_end() -> None:
    session = example_session("tsp5/encoder")
    session.end()
    assert seen(session, Of.NEXT) is None


def test_another_moment_is_seen_as_it_was() -> None:
    session, there = example_session("tsp5/encoder"), example_session("tsp5/encoder")
    for tick in (3240, 100, 3221, 3261, 7):
        there.goto(str(tick))
        there.see("matrix", "r3", {"matrix": Glance(WHOLE)})
        for here in (3261, 3200):
            session.goto(str(here))
            assert values(seen(session, Of.THEN, Stand("main", tick))) == values(there.moment.windows["matrix", "r3"])


def test_what_was_not_there_then_is_seen_as_nothing() -> None:
    session = example_session("tsp5/encoder")
    session.goto("3230")
    window = seen(session, Of.THEN, Stand("main", 2))
    assert window is not None
    assert {value for line in (window.head, *window.cells) for value in line} == {None}
    assert (window.focus, window.focus_place) == (None, "r3.quad[0,1]")


def test_a_moment_of_another_branch_stays_what_it_was() -> None:
    session = example_session("tsp5/encoder")
    session.goto("3230")
    main = values(seen(session, Of.THEN, Stand("main", 3230)))
    session.goto("3221")
    session.edit([("stack[-1]", "9")], "cheap")
    session.goto("3230")
    assert values(seen(session, Of.THEN, Stand("main", 3230))) == main
    assert values(seen(session, Of.THEN, Stand("cheap", 3230))) == values(session.moment.windows["matrix", "r3"])
    assert values(session.moment.windows["matrix", "r3"]) != main
    session.switch("main")
    session.drop_branch("cheap")
    assert seen(session, Of.THEN, Stand("cheap", 3230)) is None


@pytest.mark.parametrize("stand", [None, Stand("main", 99_999), Stand("nowhere", 3)])
def test_a_moment_that_is_not_there_is_not_seen(stand: Stand | None) -> None:
    session = example_session("tsp5/encoder")
    session.goto("3230")
    assert seen(session, Of.THEN, stand) is None


def test_a_viewer_sees_what_it_asked_for_last() -> None:
    session = Session(example_machine("tsp5/encoder"))
    session.goto("3230")
    session.look("r1", Frame(), "matrix2")
    session.see("matrix", "r1", {"matrix": Glance(Frame()), "matrix.other": Glance(Frame(), Of.NEXT)})
    session.see("matrix", "r3", {"matrix": Glance(Frame())})
    assert set(session.moment.windows) == {("matrix", "r3"), ("matrix2", "r1")}


def test_that_a_moment_is_not_there_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    session, sought = example_session("tsp5/encoder"), list[int]()
    session.goto("3230")
    scout = Branch.scout

    def watched(branch: Branch) -> Timeline:
        sought.append(1)
        return scout(branch)

    monkeypatch.setattr(Branch, "scout", watched)
    for _ in range(3):
        assert seen(session, Of.THEN, Stand("main", 99_999)) is None
    assert len(sought) == 1


def test_a_moment_far_away_is_seen_later_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "SECONDS_AT_ONCE", 0.0)
    session, there = Session(toy_machine(COUNTING), pacing=BARE), Session(toy_machine(COUNTING))
    session.goto("6000")
    there.goto("5000")
    there.see("matrix", "grid", {"matrix": Glance(Frame(0, 0, 8, 8))})
    turn, calls = session.moment.turn, 0
    frames = {"matrix.other": Glance(Frame(0, 0, 8, 8), Of.THEN, Stand("main", 5_000))}
    session.see("matrix", "grid", frames)
    while ("matrix.other", "grid") not in session.moment.windows and session.explore(0.0):
        calls += 1
    assert calls > 3, "it is gone to bit by bit"
    assert values(session.moment.windows["matrix.other", "grid"]) == values(there.moment.windows["matrix", "grid"])
    assert session.moment.turn == turn and session.moment.tick == 6_000


def test_nobody_goes_on_to_a_moment_that_is_wanted_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "SECONDS_AT_ONCE", 0.0)
    session = Session(toy_machine(COUNTING), pacing=BARE)
    session.goto("6000")
    session.see("matrix", "grid", {"matrix.other": Glance(Frame(), Of.THEN, Stand("main", 5_000))})
    assert session._glances.is_approaching
    session.see("matrix", "grid", {})
    assert not session._glances.is_approaching
