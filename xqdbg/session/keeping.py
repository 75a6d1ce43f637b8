"""Bookmarks, pins, and what is kept in files."""

from __future__ import annotations

from collections.abc import Sequence

from vm.diagnostics import printable
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.pins import Verdict
from xqdbg.session.branching import Branching


class Keeping(Branching):
    """The verbs that remember."""

    def bookmark(self, name: str, note: str = "") -> Moment:
        """Give the position a name."""
        made = self.bookmarks.set(name, self.timeline.tick, self.branch.name, note, self.machine.pc)
        return self._look(f"bookmark {made.name} at tick {made.tick:,}")

    def delete_bookmark(self, name: str) -> Moment:
        """Take a bookmark away."""
        return self._look(f"bookmark {self.bookmarks.delete(name).name} deleted")

    def pin(self, expression: str) -> Moment:
        """Assert that an expression is true here."""
        from xqdbg.replays import Visitor

        self._checked(expression)
        made = self.pins.add(expression, self.timeline.tick, self.branch.name)
        (verdict,) = self.pins.check(Visitor(self.branches), self.saved, numbers=[made.number])
        holds = "holds" if verdict.pin.holds else f"does not hold: {verdict.why}"
        return self._look(f"pin {made.number} at tick {made.tick:,}: {made.expression} {holds}")

    def check_pins(self, numbers: Sequence[int] = (), patience: Patience = ENDLESS) -> Moment:
        """Look whether pins hold, all of them if none is named."""
        from xqdbg.replays import Visitor

        verdicts = self.pins.check(Visitor(self.branches, patience), self.saved, patience, numbers)
        broken = sum(not verdict.pin.holds for verdict in verdicts)
        count = f"{len(verdicts):,} pin{'' if len(verdicts) == 1 else 's'}"
        title = "there are no pins" if not verdicts else f"{count}, {broken} broken" if broken else f"{count}, all hold"
        rows = [_told(verdict) for verdict in verdicts]
        complete = len(verdicts) == (len(dict.fromkeys(numbers)) or len(self.pins))
        answer = Answer(title, ("pin", "tick", "branch", "expression", "verdict"), rows, complete)
        return self._look(title, answer=answer)

    def unpin(self, numbers: Sequence[int] = ()) -> Moment:
        """Take pins away, all of them if none is named."""
        gone = self.pins.remove(numbers)
        return self._look(f"{len(gone)} pin{'' if len(gone) == 1 else 's'} removed")

    def save(self, path: str, patience: Patience = ENDLESS) -> Moment:
        """Write the session into a file."""
        from xqdbg import saving  # above the session: it takes it apart, and is needed by who saves alone

        left = saving.left_out(self, saving.save(self, path, patience))  # type: ignore[arg-type]
        without = f"; not saved: {', '.join(left)}" if left else ""
        return self._look(f"saved as {printable(path)}{without}")

    def open(self, path: str, patience: Patience = ENDLESS) -> Moment:
        """Have what is in a session file of the same program instead of all there is here."""
        from xqdbg import saving
        from xqdbg.intake import label
        from xqdbg.sessionfile.reading import read_session

        name = printable(label(path))
        record = read_session(path)
        if self.opened is None or saving.program_of(self.opened.program) != record.program:
            raise XqdbgError(f"{name} is a session of another program", f"`xqdbg {name}` opens it")
        _tools, _program, machine = saving.load(record, name)
        self._begin(machine)
        return saving.resume(self, record, name, patience)  # type: ignore[arg-type]

    def export(self, kind: str, path: str, patience: Patience = ENDLESS) -> Moment:
        """Write a test: `pytest` or `vector`."""
        from xqdbg.export import export

        return self._look(export(self, kind, path, patience))  # type: ignore[arg-type]


def _told(verdict: Verdict) -> Row:
    pin = verdict.pin
    told = "holds" if pin.holds else f"broken: {verdict.why}"
    record = {"pin": pin.number, "tick": pin.tick, "branch": pin.branch, "expression": pin.expression}
    return Row((str(pin.number), f"{pin.tick:,}", pin.branch, pin.expression, told), pin.tick,
               data={**record, "holds": pin.holds, "why": verdict.why})  # fmt: skip
