"""Breakpoints, watchpoints and logpoints."""

from __future__ import annotations

from collections.abc import Sequence

from xqdbg.addresses import address_of
from xqdbg.errors import XqdbgError
from xqdbg.locations import AtEvent, AtFault, AtTick, InCode, parse_location
from xqdbg.moment import Breakpoint, Kind, Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.session.looking import Looking


class Stopping(Looking):
    """The verbs about what stops a run."""

    def toggle(self, pc: int) -> Moment:
        """Set a breakpoint at an address, or take it away."""
        if pc not in self._lines:
            address = address_of(pc, self._lines)
            raise XqdbgError(f"there is no instruction at address {address}", "*PC must be where one begins")
        if (there := self.breakpoints.at(pc)) is not None:
            self.breakpoints.remove(there.number)
            return self._look(f"breakpoint {there.number} deleted")
        return self._look(self._set(self.breakpoints.add(InCode(frozenset((pc,))))))

    def break_at(
        self, location: str, condition: str = "", *, temporary: bool = False, patience: Patience = ENDLESS
    ) -> Moment:
        """Set a breakpoint at a place, an event or a moment, or enable the one that is there."""
        target = self._target(location, patience)
        plain = "" if isinstance(target, InCode) and len(target.pcs) == 1 else location.strip()
        made = self.breakpoints.add(target, plain, self._checked(condition), temporary=temporary)
        return self._look(self._set(made))

    def watch(self, expression: str, kind: Kind = Kind.WRITE, condition: str = "") -> Moment:
        """Stop after an instruction that changed a value, or read or wrote a place, which is found here and now."""
        text = self._checked(expression)
        if kind is not Kind.WRITE:
            parsed = self._expression(text)
            place = parsed.place_now(self.machine, self.saved)
            text = text if parsed.place is not None or place is None else str(place)
        made = self.breakpoints.watch(text, kind, self._checked(condition))
        return self._look(f"{kind.value} {made.number}: {made.text}")

    def logpoint(self, location: str, message: str, condition: str = "", patience: Patience = ENDLESS) -> Moment:
        """Tell something wherever a place is passed going forward."""
        target = self._target(location, patience)
        self._check_template(message)
        made = self.breakpoints.log(target, location.strip(), message, self._checked(condition))
        return self._look(f"logpoint {made.number} at {location.strip()}")

    def delete(self, numbers: Sequence[int] = ()) -> Moment:
        """Take away breakpoints by number; all of them if none is named."""
        chosen = self.breakpoints.chosen(numbers)
        for breakpoint in chosen:
            self.breakpoints.remove(breakpoint.number)
        return self._look(f"{_numbered(chosen)} deleted")

    def enable(self, numbers: Sequence[int] = (), *, enabled: bool = True) -> Moment:
        """Switch breakpoints on or off by number; all of them if none is named."""
        chosen = self.breakpoints.chosen(numbers)
        for breakpoint in chosen:
            self.breakpoints.enable(breakpoint.number, enabled)
        return self._look(f"{_numbered(chosen)} {'enabled' if enabled else 'disabled'}")

    def ignore(self, number: int, count: int) -> Moment:
        """Pass over the next `count` hits of a breakpoint."""
        self.breakpoints.ignore(number, count)
        times = "hit" if count == 1 else "hits"
        return self._look(f"breakpoint {number} passes over its next {count:,} {times}" if count else
                          f"breakpoint {number} stops at its next hit")  # fmt: skip

    def set_condition(self, number: int, text: str) -> Moment:
        """Let a breakpoint stop only where an expression is true; always if it is empty."""
        self.breakpoints.condition(number, self._checked(text))
        return self._look(f"breakpoint {number} stops if {text}" if text else f"breakpoint {number} stops always")

    def set_commands(self, number: int, lines: Sequence[str]) -> Moment:
        """Have command lines obeyed at each stop at a breakpoint; none if there are no lines."""
        self.breakpoints.commands(number, lines)
        count = f"{len(lines)} command{'' if len(lines) == 1 else 's'}"
        return self._look(f"breakpoint {number}: {count if lines else 'no commands'}")

    # Inside

    def _target(self, location: str, patience: Patience) -> InCode | AtEvent | AtFault | AtTick:
        place = parse_location(location, self.code, self.isa)
        if isinstance(place, InCode | AtEvent | AtFault | AtTick):
            return place
        return AtTick(self.tick_of(place, patience))

    def _checked(self, text: str) -> str:
        """An expression that the machine can evaluate; ExpressionError if it is none."""
        if text:
            self._bound(text)
        return text

    def _set(self, made: Breakpoint) -> str:
        """The message of a breakpoint that was set."""
        kind = "temporary breakpoint" if made.temporary else "breakpoint"
        where = self.where(made.pcs[0]) if len(made.pcs) == 1 and not made.text else made.text
        places = f", {len(made.pcs)} places" if len(made.pcs) > 1 else ""
        condition = f" if {made.condition}" if made.condition else ""
        return f"{kind} {made.number} at {where}{places}{condition}"


def _numbered(breakpoints: Sequence[Breakpoint]) -> str:
    numbers = [str(breakpoint.number) for breakpoint in breakpoints]
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"breakpoint{'s' if len(numbers) > 1 else ''} {', '.join(numbers[:20])}{more}"
