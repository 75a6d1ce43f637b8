"""The run as a film: so many frames a second, each one instruction, one iteration or one write further."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Protocol

from vm.contract import Place
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.host import Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session

SPEEDS = (1, 2, 5, 10, 25, 60)
"""Frames a second that faster and slower go through."""
FASTEST = SPEEDS[-1]
LOOP = "loop"
"""The kind of a nest that has iterations."""
CHOICES = ("10", "back", "by iteration", "by tick", "by write", "forward", "off")
"""What can stand behind `film`."""
_HINT = "film [SPEED] [back|off] [by tick|iteration|write]"


class Unit(Enum):
    """How far a frame goes."""

    TICK = "tick"
    ITERATION = "iteration"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Reel:
    """How a film is played."""

    speed: int = 10
    """Frames a second."""
    unit: Unit = Unit.TICK
    backward: bool = False

    def told(self) -> str:
        """`▶ film 10/s by write`."""
        return f"{'◀' if self.backward else '▶'} film {self.speed}/s by {self.unit.value}"

    def faster(self, steps: int) -> Reel:
        """The next speeds up, or down."""
        if steps > 0:
            higher = [speed for speed in SPEEDS if speed > self.speed]
            return replace(self, speed=higher[min(steps, len(higher)) - 1] if higher else FASTEST)
        lower = [speed for speed in SPEEDS if speed < self.speed]
        return replace(self, speed=lower[max(steps, -len(lower))] if lower else SPEEDS[0])


def read_film(argument: str, reel: Reel) -> Reel | None:
    """How to play after `film ARGUMENT`, the rest as before; None for `off`. XqdbgError for what is not understood."""
    words = argument.lower().split()
    if words == ["off"]:
        return None
    while words:
        word = words.pop(0)
        if word == "by":
            reel = replace(reel, unit=_unit(words.pop(0) if words else ""))
        elif word in ("back", "backward", "forward"):
            reel = replace(reel, backward=word != "forward")
        else:
            reel = replace(reel, speed=_speed(word))
    return reel


def _unit(word: str) -> Unit:
    found = [unit for unit in Unit if word and unit.value.startswith(word)]
    if len(found) != 1:
        raise XqdbgError(f"a film cannot go by {word[:20]!a}" if word else "by what is missing", _HINT)
    return found[0]


def _speed(word: str) -> int:
    match = re.fullmatch(r"(\d{1,6})(?:/s)?", word, re.ASCII)
    if match is None:
        raise XqdbgError(f"{word[:20]!a} is not understood here", _HINT)
    speed = int(match[1])
    if not 1 <= speed <= FASTEST:
        raise XqdbgError(f"a film has 1 to {FASTEST} frames a second", _HINT)
    return speed


def frame(reel: Reel, region: str) -> Job:
    """What shows the next frame. `region` is the one whose writes count; without one, a frame is a tick."""

    def job(session: Session, patience: Patience) -> Moment:
        here, name = session.moment.tick, region
        target = _target(session, reel, name, patience)
        if target is not None:
            return session.glide(target - here, patience)
        if reel.unit is Unit.WRITE and name:
            return session.say(f"nothing writes {name} {'before' if reel.backward else 'after'} this")
        return session.say("the run begins here" if reel.backward else "the run ends here")

    return job


def _target(session: Session, reel: Reel, region: str, patience: Patience) -> int | None:
    """The tick of the next frame; None where there is none."""
    moment = session.moment
    here = moment.tick
    if reel.unit is Unit.WRITE and region:
        return _write(session, region, here, reel.backward, patience)
    entries = [nest.entry for nest in moment.nests if nest.kind == LOOP]
    if reel.unit is Unit.ITERATION and entries:
        visits = session.history.visits
        found = visits.before(entries[-1], here) if reel.backward else visits.after(entries[-1], here)
        if found is not None:
            return found
    if reel.backward:
        return here - 1 if here > 0 else None
    return None if moment.status.ended else here + 1


def _write(session: Session, region: str, here: int, backward: bool, patience: Patience) -> int | None:
    """Behind the next write, or in front of the last one."""
    place, history = Place(Place.parse(region).name), session.history
    if backward:
        return history.last_write(place, here, patience)
    found = history.next_write(place, here - 1, patience)
    return None if found is None else found + 1


class Ticking(Protocol):
    """A timer that can be stopped."""

    def stop(self) -> None:
        """Tick no more."""
        ...


class Film:
    """Asks for a frame whenever one is due, until something ends it."""

    def __init__(
        self,
        timer: Callable[[float, Callable[[], None]], Ticking],
        show: Callable[[Reel], None],
        told: Callable[[str], None],
    ) -> None:
        """`timer` calls back every so many seconds, `show` shows a frame, `told` hears what to tell the user."""
        self._timer, self._show, self._told = timer, show, told
        self._ticking: Ticking | None = None
        self.reel = Reel()

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._ticking is not None

    def play(self, reel: Reel) -> None:
        """Play on, or otherwise than before."""
        self.pause()
        self.reel = reel
        self._ticking = self._timer(1 / reel.speed, self._due)
        self._told(reel.told())

    def pause(self) -> None:
        """Show no more frames."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            self._told("")

    def _due(self) -> None:
        if self.playing:
            self._show(self.reel)

    def arrived(self, before: Moment, now: Moment) -> None:
        """Take note of a new turn: the film ends where the run does, at breakpoints, and where nothing moves."""
        stuck = (before.branch, before.tick) == (now.branch, now.tick)
        over = now.status.ended and not self.reel.backward
        if self.playing and (stuck or over or now.stopped):
            self.pause()
