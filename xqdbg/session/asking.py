"""Questions over the whole run. They leave the position where it is; `last` and `next_write` go to what they find.

What answers a question is imported when one is asked: a start waits for none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from time import perf_counter
from weakref import WeakKeyDictionary

from vm.contract import Place, PlaceError
from xqdbg import counting
from xqdbg.answer import Answer
from xqdbg.branches import Branch
from xqdbg.costs import Costs
from xqdbg.counting import Counting
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Template, parse
from xqdbg.locations import AtEvent, AtFault, InCode, parse_location
from xqdbg.marks import Scale
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Cancelled, Patience, never
from xqdbg.session.stopping import Stopping

MOST_ASKED = 200
"""Questions remembered."""

_NEAR = 1_000_000
"""Ticks of a run that are known in a fraction of a second."""

_NEWS = 0.02
"""Part of a run that is news, when it was looked at."""

MOST_EVENTS = 1_000_000
"""Times an event is looked for."""


class Asking(Stopping):
    """The verbs that ask."""

    def last(self, place: str, patience: Patience = ENDLESS) -> Moment:
        """Go to the instruction that wrote a place last before now."""
        return self._to_write(place, forward=False, patience=patience)

    def next_write(self, place: str, patience: Patience = ENDLESS) -> Moment:
        """Go to the next instruction that writes a place; asked again there, to the one after."""
        return self._to_write(place, forward=True, patience=patience)

    def first(self, condition: str, patience: Patience = ENDLESS) -> Moment:
        """Tell when a condition is true for the first time."""
        from xqdbg import queries

        return self._told(
            f"first {condition}", queries.first(self.history, self._expression(condition), patience, self.saved)
        )

    def hits(
        self, location: str, shows: Sequence[str] = (), condition: str = "", patience: Patience = ENDLESS
    ) -> Moment:
        """Tell all times the run comes to a place or an event, and what some expressions come to there."""
        from xqdbg import queries

        shown = [self._expression(text) for text in shows]
        checked = self._expression(condition) if condition else None
        answer = queries.hits(self.history, self._sites(location, patience), shown, checked, patience, self.saved)
        return self._told(f"hits {location}{_if(condition)}{_show(shows)}", answer)

    def count(self, by: str, patience: Patience = ENDLESS) -> Moment:
        """Tell how often each `opcode` or `line` is executed."""
        from xqdbg import queries

        return self._told(f"count by {by}", queries.count(self.history, by, patience))

    def cost(self, by: str, of: str = "", patience: Patience = ENDLESS) -> Moment:
        """Tell what each `opcode` or `line` is charged in the whole run, the dearest by a meter first."""
        answer = counting.cost(self.history, self._counting(), by, of, patience)
        return self._told(f"cost by {by}{f' of {of}' if of else ''}", answer)

    def want_costs(self, wanted: bool = True) -> Moment:
        """Have what the run is charged in all coming moments; found out while nothing else is to be done."""
        self._costs_wanted = wanted
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def explore(self, seconds: float, cancelled: Cancelled = never) -> bool:
        if self._costs_wanted and self.history.known and self._count_on(seconds):
            return True
        return super().explore(seconds, cancelled)

    def past_log(self, location: str, message: str, condition: str = "", patience: Patience = ENDLESS) -> Moment:
        """Tell what a logpoint would tell in the whole run, without running."""
        from xqdbg import queries

        self._check_template(message)
        checked = self._expression(condition) if condition else None
        sites = self._sites(location, patience)
        answer = queries.past_log(self.history, sites, Template.parse(message), checked, patience, self.saved)
        return self._told(f"log --past {location} {_quoted(message)}{_if(condition)}", answer)

    def why(self, place: str, patience: Patience = ENDLESS) -> Moment:
        """Tell the chain of instructions that produced what a place holds, or the `fault` the run has ended in."""
        from xqdbg import origins

        asked = origins.FAULT if place.strip().lower() == "fault" else self.place(place)
        answer = origins.why(self.history, asked, self.timeline.tick, patience)
        return self._told(f"why {place}", answer)

    def whynot(self, location: str, patience: Patience = ENDLESS) -> Moment:
        """Tell why an instruction never ran."""
        from xqdbg import origins

        target = parse_location(location, self.code, self.isa)
        if not isinstance(target, InCode):
            raise XqdbgError("whynot asks about an instruction", "name a line, *PC, a label or op:NAME")
        return self._told(
            f"whynot {location}", origins.whynot(self.history, self.code, self.isa, min(target.pcs), patience)
        )

    def blame(self, place: str, patience: Patience = ENDLESS) -> Moment:
        """Tell every contribution to a coefficient, in order."""
        from xqdbg import ledger

        answer = ledger.blame(self.history, self.place(place), self.timeline.tick, patience)
        return self._told(f"blame {place}", answer)

    def described(self, place: str, row: int = 0, patience: Patience = ENDLESS) -> list[str]:
        """What a place holds, in sentences; of a large value the rows from `row` on."""
        from xqdbg import heat

        found = self.place(place)
        region = next((each for each in self.machine.regions() if each.name == str(found)), None)
        if region is not None:
            return heat.described(self.machine, region, row, patience)
        try:
            text = self.formatted(self.machine.get(found))
        except PlaceError as error:
            raise XqdbgError(str(error), "info shows what there is") from error
        return [f"{found} is {text.partition(chr(10))[0]}."]

    def predicted(self, patience: Patience = ENDLESS) -> Answer:
        """The static verifier's word beside what happens in the run; XqdbgError if the program is not at hand."""
        from xqdbg import prediction

        forecast = self.forecast
        if forecast is None:
            raise XqdbgError("there is no forecast: the program itself is not at hand")
        return prediction.prediction(self.history, forecast, self.machine, patience)

    def look_ahead(self, patience: Patience = ENDLESS) -> None:
        """Get to know the run as far as nobody has to wait for, in a face that does not explore by itself."""
        if self.history.length < _NEAR:
            self.history.reach(_NEAR, patience)
            if self._unscried:
                self._look_closer(patience.cancelled)
            self._look(self.moment.message, self.moment.cursor, again=True)

    def confine(self, place: str, patience: Patience = ENDLESS) -> Moment:
        """Confine stepping and the code pane to the instructions that matter to what a place holds now."""
        from xqdbg import origins

        found = origins.slice_of(self.history, self.place(place), self.timeline.tick, patience)
        if found is None:
            return self._look("the slice was not finished")
        if not found.ticks:
            problem = f"nothing before tick {self.timeline.tick:,} matters to {place}"
            raise XqdbgError(problem, "ask where it has its value, such as at the end")
        self.slice = found
        total = len(self.code)
        return self._look(
            f"slice of {place}: {len(found.ticks):,} of {self.timeline.tick:,} ticks, "
            f"{len(found.pcs)} of {total} instructions"
        )

    def unconfine(self) -> Moment:
        """Step through everything again."""
        if self.slice is None:
            return self._look("no slice is shown")
        self.slice = None
        return self._look("the whole program again")

    def mark(self, scale: Scale | None, place: str = "") -> Moment:
        """Count outputs, and writes to a place, for a timeline of this scale; nothing for None. Moments tell them."""
        self.marker.want(scale, self._marked(place))
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def _marked(self, text: str) -> Place | None:
        """A place as effects have it; None for what is no place."""
        with suppress(XqdbgError, PlaceError):
            return self.machine.resolve(self.place(text)) if text else None
        return None

    def place(self, text: str) -> Place:
        """The place a text names, its indices computed as of now; XqdbgError if it names none."""
        expression = parse(text)
        expression.bind(self.machine, self.saved, self._old)
        place = expression.place_now(self.machine, self.saved, self._old)
        if place is None:
            raise XqdbgError(
                f"{text.strip()[:40]!a} is no place", "a place is such as r3, r3[4], r0.quad[1,5], stack[-1]"
            )
        return place

    # Inside

    _costs_wanted = False
    """Whether some face shows what the run is charged."""

    @cached_property
    def _countings(self) -> WeakKeyDictionary[Branch, Counting]:
        """What is known of that, by branch."""
        return WeakKeyDictionary()

    def _counting(self) -> Counting:
        found = self._countings.get(self.branch)
        if found is None:
            found = self._countings[self.branch] = Counting(self.history)
        return found

    def _count_on(self, seconds: float) -> bool:
        """Find out more of what the run is charged, for about so long. True while there is more."""
        found, until = self._counting(), perf_counter() + seconds
        if not found.is_behind(self.history):
            return False
        more = found.go_on(self.history, lambda: perf_counter() >= until)
        told = self.moment.costs
        if not more or told is None or found.costs(self.history).counted - told.counted > _NEWS:
            self._look(self.moment.message, self.moment.cursor, again=True)
        return True

    def _costs(self) -> Costs | None:
        return self._counting().costs(self.history) if self._costs_wanted else None

    def _to_write(self, text: str, *, forward: bool, patience: Patience) -> Moment:
        from xqdbg import queries

        place, here = self.place(text), self.timeline.tick
        if forward:
            again = self._found == (self.branch, here, place)
            answer = queries.next_write(self.history, place, here + 1 if again else here, patience)
        else:
            answer = queries.last(self.history, place, here, patience)
        row = answer.rows[0] if answer.rows else None
        if row is None or row.tick is None:
            return self._told("", answer)
        message = self._rider.travel(row.tick, patience)
        self._found = (self.branch, row.tick, place)
        self.navigation.moved(self.branch.name, self.timeline.tick)
        return self._look(message or answer.title, answer=answer)

    _found: tuple[Branch, int, Place] | None = None
    """Where the latest question for a write led to."""

    def _sites(self, location: str, patience: Patience) -> frozenset[int] | Sequence[int]:
        """Addresses, or for events the ticks at which they happen."""
        target = parse_location(location, self.code, self.isa)
        if isinstance(target, InCode):
            return target.pcs
        self.history.complete(patience)
        if isinstance(target, AtEvent | AtFault):
            return self._ticks_of(target, MOST_EVENTS, patience)
        return [self.tick_of(target, patience)]

    def _told(self, question: str, answer: Answer) -> Moment:
        if question:
            self.asked = [*[asked for asked in self.asked if asked != question], question][-MOST_ASKED:]
        return self._look(answer.title, answer=answer)


def _if(condition: str) -> str:
    return f" if {condition}" if condition else ""


def _show(shows: Sequence[str]) -> str:
    return f" show {', '.join(shows)}" if shows else ""


def _quoted(text: str) -> str:
    """A text as a command line has it, in quotes."""
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(character, escaped)
    return f'"{text}"'
