"""The run as a film: what can be said to it, what a frame is, what ends it, and how it is steered on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.examples import example_session
from tests.support.screens import debug_screen, debugger, run_app, screen_text, settle
from vm.contract import Status
from xqdbg.errors import XqdbgError
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS
from xqdbg.session import Session
from xqdbg.tui.film import FASTEST, SPEEDS, Film, Reel, Unit, frame, read_film

TSP = "tsp5/encoder"

# -- what can be said -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "reel"),
    [
        ("", Reel()),
        ("25", Reel(25)),
        ("3/s by write", Reel(3, Unit.WRITE)),
        ("by iteration", Reel(unit=Unit.ITERATION)),
        ("back", Reel(backward=True)),
        ("BY W 2 back", Reel(2, Unit.WRITE, backward=True)),
        ("off", None),
    ],
)
def test_how_it_is_to_be_played_can_be_said(argument: str, reel: Reel | None) -> None:
    assert read_film(argument, Reel()) == reel


def test_what_is_not_said_stays_as_it_was() -> None:
    assert read_film("5", Reel(25, Unit.WRITE, backward=True)) == Reel(5, Unit.WRITE, backward=True)
    assert read_film("forward", Reel(25, Unit.WRITE, backward=True)) == Reel(25, Unit.WRITE)


@pytest.mark.parametrize("argument", ["0", "61", "9999999", "by", "by moon", "by \x1b[31m", "fast", "-3", "off 3", "٣"])
def test_what_is_not_understood_is_refused(argument: str) -> None:
    with pytest.raises(XqdbgError) as caught:
        read_film(argument, Reel())
    assert caught.value.message.isprintable()
    assert caught.value.hint


def test_speeds_go_up_and_down() -> None:
    reel = Reel(SPEEDS[0])
    assert reel.faster(-1).speed == SPEEDS[0]
    for speed in SPEEDS[1:]:
        reel = reel.faster(1)
        assert reel.speed == speed
    assert reel.faster(1).speed == FASTEST
    assert Reel(7).faster(1).speed == 10
    assert Reel(7).faster(-1).speed == 5
    assert Reel(5).faster(-2).speed == 1
    assert Reel(5).told() == "▶ film 5/s by tick"
    assert Reel(5, Unit.WRITE, backward=True).told() == "◀ film 5/s by write"


# -- what a frame is --------------------------------------------------------------------------------------------------


def show(session: Session, reel: Reel, region: str = "r3") -> Moment:
    return frame(reel, region)(session, ENDLESS)


def test_a_frame_of_ticks() -> None:
    session = example_session(TSP)
    assert show(session, Reel()).tick == 1
    assert show(session, Reel()).tick == 2
    assert show(session, Reel(backward=True)).tick == 1
    assert show(session, Reel(backward=True)).tick == 0
    stuck = show(session, Reel(backward=True))
    assert (stuck.tick, stuck.message) == (0, "the run begins here")
    session.end()
    stuck = show(session, Reel())
    assert (stuck.tick, stuck.message) == (3261, "the run ends here")


def test_a_frame_of_writes_stands_behind_each_write() -> None:
    session = example_session(TSP)
    assert session.history.complete()
    place = session.place("r3")
    ticks = [tick + 1 for tick in session.history.writes(place)]
    session.goto("3000")
    later = [tick for tick in ticks if tick > 3000]
    assert [show(session, Reel(unit=Unit.WRITE)).tick for _ in later] == later
    moment = show(session, Reel(unit=Unit.WRITE))
    assert moment.tick == later[-1]
    assert moment.message == "nothing writes r3 after this"
    back = [show(session, Reel(unit=Unit.WRITE, backward=True)).tick for _ in range(5)]
    assert back == [tick - 1 for tick in reversed(ticks)][:5]


def test_a_frame_of_iterations_is_one_round_of_the_innermost_loop() -> None:
    session = example_session(TSP)
    session.history.complete()
    session.goto("3222")
    entry = session.moment.nests[-1].entry
    for _ in range(3):
        assert show(session, Reel(unit=Unit.ITERATION)).pc == entry
    session.goto("2")
    assert not session.moment.nests
    assert show(session, Reel(unit=Unit.ITERATION)).tick == 3, "outside of loops it is a tick"


def test_a_frame_stops_at_breakpoints_on_the_way() -> None:
    session = example_session(TSP)
    session.history.complete()
    session.goto("3222")
    session.break_at("74")
    moment = show(session, Reel(unit=Unit.WRITE))
    assert moment.stopped == (1,)
    assert session.where(moment.pc) == "line 74"


def test_frames_are_no_jumps() -> None:
    session = example_session(TSP)
    session.history.complete()
    session.goto("3222")
    jumps = session.navigation.behind
    for _ in range(5):
        show(session, Reel(unit=Unit.WRITE))
        show(session, Reel(unit=Unit.ITERATION))
    assert session.navigation.behind - jumps <= 1


def test_without_a_region_no_writes_are_followed() -> None:
    moment = show(example_session(TSP), Reel(unit=Unit.WRITE), "")
    assert moment.tick == 0
    assert moment.message.startswith("no model, sample or vector is in view")


# -- what ends it -----------------------------------------------------------------------------------------------------


class Clock:
    """A timer that ticks when it is told to."""

    def __init__(self) -> None:
        self.callback: Callable[[], None] | None = None
        self.seconds = 0.0

    def start(self, seconds: float, callback: Callable[[], None]) -> Clock:
        self.seconds, self.callback = seconds, callback
        return self

    def stop(self) -> None:
        self.callback = None


def moment(tick: int, status: Status = Status.READY, stopped: tuple[int, ...] = ()) -> Moment:
    return Moment(1, tick, 99, False, 0, status, stopped=stopped)


def test_it_plays_until_something_happens() -> None:
    clock, shown, told = Clock(), list[Reel](), list[str]()
    film = Film(clock.start, shown.append, told.append)
    film.play(Reel(25))
    assert clock.seconds == 1 / 25
    assert film.playing and told == ["▶ film 25/s by tick"]
    assert clock.callback is not None
    clock.callback()
    assert shown == [Reel(25)]
    film.arrived(moment(1), moment(2))
    assert film.playing
    for before, now in (
        (moment(2), moment(2)),
        (moment(2), moment(3, Status.HALTED)),
        (moment(2), moment(3, Status.FAULTED)),
        (moment(2), moment(3, stopped=(1,))),
    ):
        film.play(Reel(2))
        film.arrived(before, now)
        assert not film.playing
        assert told[-1] == "" and clock.callback is None
    film.play(Reel(2, backward=True))
    film.arrived(moment(3, Status.HALTED), moment(2))
    assert film.playing
    film.pause()
    film.pause()
    assert not film.playing


# -- on the screen ----------------------------------------------------------------------------------------------------


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await pilot.pause(0.005)
    raise AssertionError("it never came to that")


def tick(pilot: Pilot[Any]) -> int:
    shown = debug_screen(pilot).moment
    assert shown is not None
    return shown.tick


def test_space_plays_and_pauses() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        screen = debug_screen(pilot)
        await pilot.press("space", "plus", "plus")
        await until(pilot, lambda: tick(pilot) > 10)
        assert "▶ film 60/s by tick" in screen_text(pilot.app)
        await pilot.press("minus")
        assert screen.film.reel.speed == 25
        await pilot.press("space")
        await settle(pilot)
        assert not screen.film.playing
        here = tick(pilot)
        assert "film" not in screen_text(pilot.app)
        await pilot.press("s")
        await settle(pilot)
        assert tick(pilot) == here + 1

    run_app(debugger(example_session(TSP)), script)


@pytest.mark.parametrize("key", ["escape", "s", "g", "ctrl+c"])
def test_anything_else_ends_it(key: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("space")
        await until(pilot, lambda: tick(pilot) > 1)
        await pilot.press(key)
        await settle(pilot)
        assert not debug_screen(pilot).film.playing

    run_app(debugger(example_session(TSP)), script)


def test_it_ends_with_the_run_and_can_be_played_backward() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await settle(pilot)
        screen.give("goto 3250")
        await settle(pilot)
        await pilot.press(":", *"film 60", "enter")
        await until(pilot, lambda: not screen.film.playing)
        assert tick(pilot) == 3261
        await pilot.press(":", *"film back", "enter")
        await until(pilot, lambda: tick(pilot) < 3255)
        assert screen.film.reel == Reel(60, backward=True)
        await pilot.press(":", *"film off", "enter")
        assert not screen.film.playing

    run_app(debugger(example_session(TSP)), script)


def test_zooming_keeps_its_keys_while_nothing_plays() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await settle(pilot)
        screen.give("goto 3250")
        await settle(pilot)
        screen.matrix_pane.focus()
        zoom = screen.matrix_pane.zoom
        await pilot.press("plus")
        assert screen.matrix_pane.zoom != zoom
        await pilot.press("minus")
        assert screen.matrix_pane.zoom == zoom

    run_app(debugger(example_session(TSP)), script, size=(120, 40))


def test_a_mistake_is_told() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press(":", *"film by moon", "enter")
        await settle(pilot)
        assert "a film cannot go by 'moon'" in screen_text(pilot.app)
        assert not debug_screen(pilot).film.playing

    run_app(debugger(example_session(TSP)), script)
