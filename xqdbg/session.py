"""One debugging session without a face: position in time, breakpoints, what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace

from vm.contract import Cell, Effect, Frame, Line, Machine, Place, PlaceError, Region, Value, View, Window
from vm.isa import Isa
from xqdbg.breakpoints import Breakpoints
from xqdbg.changes import changed_names
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Moment
from xqdbg.rides import Patience, Progress, Rider, Why, unheard
from xqdbg.timeline import Cancelled, Pacing, Timeline, never

__all__ = ["Cancelled", "Progress", "Session", "never", "unheard"]


class Session:
    """The debugger without a face. Synchronous, and used by one thread at a time.

    Its verbs return the new Moment, which is also in `moment`. What cannot be asked for at all is
    an XqdbgError and changes nothing; reaching an end, a fault or a breakpoint is a message.
    Verbs that may take long ask `cancelled` between slices of work and tell `progress` the tick.
    `name`, `isa`, `code`, `source` and `views` never change: any thread may read them.
    """

    def __init__(self, machine: Machine, name: str = "", pacing: Pacing | None = None) -> None:
        self.name = name
        self.isa: Isa = machine.isa
        self.code: Sequence[Line] = tuple(machine.code())
        self.source: Sequence[str] = tuple(machine.source())
        self.views: Sequence[View] = tuple(machine.views())
        self.timeline = Timeline(machine, pacing)
        self._machine = machine
        self._breakpoints = Breakpoints()
        self._rider = Rider(self.timeline, self._breakpoints, self.where)
        self._wanted: dict[str, Frame] = {}
        self._lines: Mapping[int, Line] = {line.pc: line for line in self.code}
        self._latest: Moment | None = None
        self._look("")

    @property
    def moment(self) -> Moment:
        """The latest moment."""
        return self._latest or self._look("")

    # Moving by instructions

    def step(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run `count` instructions; more than one stop at a breakpoint on the way."""
        patience = Patience(cancelled, progress)
        if stuck := self._rider.stuck():
            return self._look(stuck)
        if count == 1:
            return self._look(self._rider.step(patience))
        return self._look(self._rider.told(self._rider.forward(patience, budget=count)))

    def back(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Go back `count` instructions; more than one stop at a breakpoint on the way."""
        here = self.timeline.tick
        patience = Patience(cancelled, progress)
        if count == 1 and here > 0:
            return self._look(self._rider.travel(here - 1, patience))
        arrival = self._rider.backward(patience, floor=max(0, here - count))
        return self._look("" if arrival.why is Why.START and here >= count else self._rider.told(arrival))

    def next(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Like `step`, but over a loop or call that opens, to where it is closed."""
        if stuck := self._rider.stuck():
            return self._look(stuck)
        return self._look(self._rider.repeat(self._rider.over, count, Patience(cancelled, progress)))

    def previous(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Undo `next`: back one instruction, but over a loop or call that was closed, to its opener."""
        return self._look(self._rider.repeat(self._rider.back_over, count, Patience(cancelled, progress)))

    # Moving by loops and calls

    def finish(self, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run until the innermost loop or call is left."""
        arrival = self._rider.forward(Patience(cancelled, progress), depth=self._rider.innermost() - 1)
        return self._look(self._rider.told(arrival))

    def begin(self, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Go back to the instruction that opened the innermost loop or call."""
        arrival = self._rider.backward(Patience(cancelled, progress), depth=self._rider.innermost() - 1)
        return self._look(self._rider.told(arrival))

    def iterate(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run to the start of the next iteration of the innermost loop, `count` times."""
        patience = Patience(cancelled, progress)
        return self._look(self._rider.iterations(self._rider.forward, count, "the loop ended", patience))

    def iterate_back(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Go back to the start of this iteration of the innermost loop, then to those before."""
        patience = Patience(cancelled, progress)
        return self._look(self._rider.iterations(self._rider.backward, count, "before the loop", patience))

    # Running

    def proceed(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run to a breakpoint, past all hits before number `count`, or to the end."""
        patience = Patience(cancelled, progress)
        message = self._rider.stuck() or self._rider.told(self._rider.hits(self._rider.forward, count, patience))
        return self._look(message)

    def reverse(self, count: int = 1, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run backward to a breakpoint, past all hits before number `count`, or to the start."""
        arrival = self._rider.hits(self._rider.backward, count, Patience(cancelled, progress))
        return self._look(self._rider.told(arrival))

    def until(self, pcs: int | AbstractSet[int], cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run to an address, or any of several."""
        known = self._known(pcs)
        message = self._rider.stuck()
        return self._look(
            message or self._rider.missed(self._rider.forward(Patience(cancelled, progress), known), known)
        )

    def back_until(
        self, pcs: int | AbstractSet[int], cancelled: Cancelled = never, progress: Progress = unheard
    ) -> Moment:
        """Run backward to an address, or any of several."""
        known = self._known(pcs)
        return self._look(self._rider.missed(self._rider.backward(Patience(cancelled, progress), known), known))

    # Jumping in time

    def goto(self, tick: int, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Go to a tick, or to the end if that comes first; breakpoints do not stop it."""
        if tick < 0:
            raise XqdbgError(f"there is no tick {tick}", "ticks count from 0, the start")
        message = self._rider.travel(tick, Patience(cancelled, progress))
        if self.timeline.ended and self.timeline.tick == self.timeline.furthest < tick:
            message = f"the run ends at tick {self.timeline.tick:,}: {message}"
        return self._look(message)

    def goto_percent(self, percent: float, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Go to a part of the history seen so far."""
        if not 0 <= percent <= 100:
            raise XqdbgError(f"{percent:g}% is not within 0% and 100%")
        return self.goto(round(self.timeline.furthest * percent / 100), cancelled, progress)

    def start(self) -> Moment:
        """Go to tick 0."""
        self.timeline.seek(0)
        return self._look("")

    def end(self, cancelled: Cancelled = never, progress: Progress = unheard) -> Moment:
        """Run to the end; breakpoints do not stop it."""
        return self._look(self._rider.stuck() or self._rider.to_end(Patience(cancelled, progress)))

    def restart(self) -> Moment:
        """Go to tick 0 and count hits anew. Breakpoints stay."""
        self.timeline.seek(0)
        self._breakpoints.forget_hits()
        return self._look("restarted")

    # Breakpoints

    def toggle(self, pc: int) -> Moment:
        """Set a breakpoint at an address, or take it away."""
        self._known(pc)
        if (there := self._breakpoints.at(pc)) is not None:
            self._breakpoints.remove(pc)
            return self._look(f"breakpoint {there.number} deleted")
        return self._look(self._set((pc,), temporary=False))

    def add_breakpoint(self, pcs: int | AbstractSet[int], *, temporary: bool = False) -> Moment:
        """Set breakpoints, or enable those that are there."""
        return self._look(self._set(sorted(self._known(pcs)), temporary=temporary))

    def delete_breakpoints(self, numbers: Sequence[int] = ()) -> Moment:
        """Take away breakpoints by number; all of them if none is named."""
        chosen = self._chosen(numbers)
        for breakpoint in chosen:
            self._breakpoints.remove(breakpoint.pc)
        return self._look(f"{_numbered(chosen)} deleted")

    def enable_breakpoints(self, numbers: Sequence[int] = (), *, enabled: bool = True) -> Moment:
        """Switch breakpoints on or off by number; all of them if none is named."""
        chosen = self._chosen(numbers)
        for breakpoint in chosen:
            self._breakpoints.enable(breakpoint.pc, enabled)
        return self._look(f"{_numbered(chosen)} {'enabled' if enabled else 'disabled'}")

    # Looking

    def look(self, region: str, frame: Frame) -> Moment:
        """Show part of a region in this and all coming moments, wherever the region exists."""
        self._wanted[region] = frame
        return self._look(self.moment.message)

    def unlook(self, region: str) -> Moment:
        """Show a region no longer."""
        self._wanted.pop(region, None)
        return self._look(self.moment.message)

    def say(self, message: str, cursor: int | None = None) -> Moment:
        """The same moment with another message, and the code pane's attention drawn to an address."""
        return self._look(message, cursor)

    def cells(self, view: str) -> Sequence[Cell]:
        """The cells of a view here and now; XqdbgError if there is no such view."""
        if view not in {known.id for known in self.views}:
            raise XqdbgError(f"there is no view {view}", f"there are {', '.join(v.id for v in self.views)}")
        return self.moment.cells[view]

    def get(self, place: Place) -> Value:
        """What a place holds here and now; PlaceError if there is no such place."""
        return self._machine.get(place)

    def where(self, pc: int) -> str:
        """An address as a message names it: by its source line if it has one."""
        line = self._lines.get(pc)
        return f"line {line.source_line}" if line is not None and line.source_line is not None else f"0x{pc:04x}"

    # Inside

    def _look(self, message: str, cursor: int | None = None) -> Moment:
        """Make the moment of here and now the latest one. Without movement it shows the same changes as before."""
        before = self._latest
        if before is not None and before.tick == self._machine.tick:
            moment = replace(before, revision=before.revision + 1, message=message, cursor=cursor,
                             windows=self._windows(before.regions), breakpoints=self._breakpoints.by_pc())  # fmt: skip
        else:
            moment = self._arrived(before, message, cursor)
        self._latest = moment
        return moment

    def _arrived(self, before: Moment | None, message: str, cursor: int | None) -> Moment:
        """The moment of a tick that the one before does not show."""
        machine = self._machine
        cells = {view.id: tuple(machine.cells(view.id)) for view in self.views}
        effect = self._single(before, machine.tick)
        regions = tuple(machine.regions())
        return Moment(
            revision=1 if before is None else before.revision + 1,
            tick=machine.tick,
            furthest=self.timeline.furthest,
            ended=self.timeline.ended,
            pc=machine.pc,
            status=machine.status,
            fault=machine.fault,
            message=message,
            effect=effect,
            cells=cells,
            changed=frozenset() if before is None else changed_names(before.cells, cells, effect),
            meters=tuple(machine.meters()),
            nests=tuple(machine.nests()),
            regions=regions,
            windows=self._windows(regions),
            breakpoints=self._breakpoints.by_pc(),
            reached=self._reached(before),
            cursor=cursor,
        )

    def _single(self, before: Moment | None, tick: int) -> Effect | None:
        """What the one instruction between the moment before and now did, if it was watched."""
        effect = self._rider.effect
        return effect if before is not None and effect is not None and before.tick == effect.tick == tick - 1 else None

    def _windows(self, regions: Sequence[Region]) -> Mapping[str, Window]:
        windows: dict[str, Window] = {}
        for name in self._wanted.keys() & {region.name for region in regions}:
            with suppress(PlaceError):  # a frame may lie outside of what the region is now
                windows[name] = self._machine.window(name, self._wanted[name])
        return windows

    def _reached(self, before: Moment | None) -> AbstractSet[int]:
        """A set of its own for each moment, shared where it has not grown."""
        reached = self._machine.reached()
        if before is not None and len(before.reached) == len(reached):
            return before.reached
        return frozenset(reached)

    def _known(self, pcs: int | AbstractSet[int]) -> AbstractSet[int]:
        """The addresses, all of which must be of instructions."""
        wanted = frozenset((pcs,)) if isinstance(pcs, int) else frozenset(pcs)
        for pc in sorted(wanted):
            if pc not in self._lines:
                raise XqdbgError(f"there is no instruction at address {pc:#06x}", "*PC must be where one begins")
        return wanted

    def _set(self, pcs: Sequence[int], *, temporary: bool) -> str:
        """Set breakpoints; returns the message."""
        made = [self._breakpoints.add(pc, temporary=temporary) for pc in pcs]
        if len(made) == 1:
            kind = "temporary breakpoint" if made[0].temporary else "breakpoint"
            return f"{kind} {made[0].number} at {self.where(made[0].pc)}"
        return f"{_numbered(made)} at {len(made)} places"

    def _chosen(self, numbers: Sequence[int]) -> Sequence[Breakpoint]:
        """The breakpoints with these numbers, or all; XqdbgError if there is none."""
        if numbers:
            return [self._breakpoints.numbered(number) for number in dict.fromkeys(numbers)]
        every = sorted(self._breakpoints.by_pc().values(), key=lambda breakpoint: breakpoint.number)
        if not every:
            raise XqdbgError("no breakpoint is set", "break LOC sets one")
        return every


def _numbered(breakpoints: Sequence[Breakpoint]) -> str:
    numbers = [str(breakpoint.number) for breakpoint in breakpoints]
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"breakpoint{'s' if len(numbers) > 1 else ''} {', '.join(numbers[:20])}{more}"
