"""Looking at values, here and now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vm.contract import Cell, Frame, Place, PlaceError, Value
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, Template, format_value, parse
from xqdbg.glance import Glance
from xqdbg.inside import Wish
from xqdbg.moment import Moment
from xqdbg.session.moving import Moving


class Looking(Moving):
    """The verbs that show values."""

    def look(self, region: str, frame: Frame, viewer: str = "") -> Moment:
        """Show part of a region in this and all coming moments, wherever the region exists; one part a viewer."""
        self._glances.wanted[viewer, region] = Glance(frame)
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def unlook(self, region: str, viewer: str = "") -> Moment:
        """Show a region to a viewer no longer."""
        self._glances.wanted.pop((viewer, region), None)
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def see(self, viewer: str, region: str, glances: Mapping[str, Glance]) -> Moment:
        """Show a viewer these parts of a region, by names that begin with its own, in all moments; no others."""
        self._glances.see(viewer, region, glances)
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def see_parts(self, viewer: str, parts: Mapping[str, Glance]) -> Moment:
        """Show a viewer one part of each of some regions, by their names, in all moments; no others."""
        self._glances.see_parts(viewer, parts)
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def look_inside(self, viewer: str, wish: Wish) -> Moment:
        """Show parts of cells to a viewer in this and all coming moments, instead of what it was shown before."""
        self.insides.want(viewer, wish)
        return self._look(self.moment.message, self.moment.cursor, again=True)

    def cells(self, view: str) -> Sequence[Cell]:
        """The cells of a view here and now; XqdbgError if there is no such view."""
        if view not in {known.id for known in self.views}:
            raise XqdbgError(f"there is no view {view}", f"there are {', '.join(v.id for v in self.views)}")
        return self.moment.cells[view]

    def get(self, place: Place) -> Value:
        """What a place holds here and now; PlaceError if there is no such place."""
        return self.machine.get(place)

    def evaluate(self, text: str) -> Value:
        """What an expression comes to here and now; ExpressionError or EvaluationError where it comes to nothing."""
        return self._bound(text, strict=True)()

    def formatted(self, value: Value, form: str = "") -> str:
        """A value as `print /FORM` shows it; several lines for a matrix."""
        return format_value(self.machine, value, form)

    def save_value(self, name: str, text: str) -> Value:
        """Keep what an expression comes to under `$name`."""
        self.saved[name] = value = self.evaluate(text)
        return value

    def display(self, text: str, form: str = "") -> Moment:
        """Show an expression at every moment from now on."""
        number = self.displays.add(self._expression(text), form)
        moment = self._look("")
        shown = next(watch for watch in moment.watches if watch.number == number)
        return self._look(f"{number}: {shown.expression} = {shown.text}")

    def undisplay(self, numbers: Sequence[int] = ()) -> Moment:
        """Show these expressions no longer, or none at all."""
        gone = self.displays.remove(numbers)
        return self._look(f"{gone} display{'' if gone == 1 else 's'} removed" if gone else "nothing was displayed")

    # Inside

    def _expression(self, text: str) -> Expression:
        """An expression that this machine can evaluate; ExpressionError if it is none."""
        expression = parse(text)
        expression.bind(self.machine, self.saved, self._old)
        return expression

    def _bound(self, text: str, *, strict: bool = False) -> Callable[[], Value]:
        return parse(text).bind(self.machine, self.saved, self._old, strict=strict)

    def _check_template(self, text: str) -> None:
        Template.parse(text).bind(self.machine, self.saved, self._old)

    def _old(self, place: Place) -> Value:
        """What a place held one tick before the position."""
        if self.machine.tick == 0:
            return None
        try:
            return self.history.at(self.machine.tick - 1).get(place)
        except PlaceError:
            return None
