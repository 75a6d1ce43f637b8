"""Going on with an edited program, at the same place in time where that has meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Machine
from vm.diagnostics import Diagnostic, ProgramError, printable
from vm.toolchain import Program
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.moment import Moment
from xqdbg.navigation import Navigation
from xqdbg.patience import ENDLESS, Patience
from xqdbg.session.core import Opened
from xqdbg.session.keeping import Keeping

if TYPE_CHECKING:
    from xqdbg.rebuilding import Plan


class Unassembled(XqdbgError):
    """A text that is no program."""

    def __init__(self, name: str, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        first, more = diagnostics[0], len(diagnostics) - 1
        rest = f", and {more} more error{'' if more == 1 else 's'}" if more else ""
        super().__init__(
            f"{_told(name, first)}{rest}", first.hint, [_told(name, each) for each in diagnostics] if more else ()
        )


class Rebuilding(Keeping):
    """The verbs that put an edited program in place of the one that runs."""

    def rebuild(
        self, program: str | Program, *, name: str = "", path: str = "", patience: Patience = ENDLESS
    ) -> Moment:
        """Go on with a text, which is assembled, or a program of the same machine; inputs and limits are those of now.

        The position, breakpoints, bookmarks, pins, displays and branches stay as far as the run is what it was;
        the moment tells what does not. Unassembled for a text that is no program, and nothing has changed then.
        `name` and `path` are those of before if they are not given.
        """
        opened = self._opened()
        called = printable(name) or self.name
        if isinstance(program, str):
            try:
                program = opened.tools.assemble(program, called)
            except ProgramError as error:
                raise Unassembled(called or "the text", error.diagnostics) from None
        return self._rebuilt(program, called, path or opened.path, patience)

    def reload(self, path: str = "", patience: Patience = ENDLESS) -> Moment:
        """Read the program from its file again, or from another file, and go on with it as `rebuild` does."""
        from xqdbg import machines  # who never reloads pays for none of it
        from xqdbg.intake import label, read_file
        from xqdbg.originals import with_original

        opened = self._opened()
        file = path or opened.path
        if not file:
            raise XqdbgError("the program was read from no file", "reload FILE names one")
        data, name = read_file(file), printable(label(file))
        _refuse_no_program(data, file, name)
        try:
            tools, program = machines.open_program(data, file)
        except ProgramError as error:
            raise Unassembled(name, error.diagnostics) from None
        if tools.name != opened.tools.name:
            raise XqdbgError(f"{name} is a program of another machine, {tools.name}", f"`xqdbg {name}` opens it")
        program = with_original(tools, program, file)
        return self._rebuilt(program, name if path else self.name, file, patience)

    # Inside

    def _opened(self) -> Opened:
        if self.opened is None:
            raise XqdbgError("the program cannot be rebuilt: it is not at hand")
        return self.opened

    def _rebuilt(self, program: Program, name: str, path: str, patience: Patience) -> Moment:
        from xqdbg import rebuilding
        from xqdbg.intake import MOST_INSTRUCTIONS

        if program.instructions > MOST_INSTRUCTIONS:
            raise XqdbgError(f"{name} has {program.instructions:,} instructions, too many for the debugger")
        opened = self._opened()
        first = self.branches.find(self.branches.notes()[0].name)
        machine = opened.tools.machine(program, opened.tools.inputs(first.timeline.machine))
        plan = rebuilding.plan(self, machine, self._pacing, patience)  # type: ignore[arg-type]
        before = self.branches.find(plan.branch).history
        self._install(plan, machine, Opened(opened.tools, program, path), name)
        told, rows = rebuilding.outcome(before, self.history, patience)
        back = self._note_way_back(plan, rebuilding.way_back(plan, before, self.history))
        message = "; ".join(filter(None, (f"rebuilt: {plan.message}", back, _count(plan.rows), told)))
        rows = (*plan.rows, *rows)
        answer = Answer(message, rebuilding.COLUMNS, rows) if rows else None
        return self._look(message, answer=answer)

    def _install(self, plan: Plan, machine: Machine, opened: Opened, name: str) -> None:
        """Be a session on the new program."""
        self.name, self.opened, self.code = name, opened, plan.code
        self.source = tuple(machine.source())
        self._lines = {line.pc: line for line in plan.code}
        self._listing = self._list(self._listing.number + 1, machine)
        self._forecast, self._scryer, self._found, self.slice = None, None, None, None
        self.branches, self.breakpoints = plan.branches, plan.breakpoints
        self.bookmarks, self.pins = plan.bookmarks, plan.pins
        self.branches.switch(self.branches.find(plan.branch))
        self._glances.forget()
        self._edited = True
        self._ride()
        self._rider.travel(plan.tick, ENDLESS)

    def _note_way_back(self, plan: Plan, tick: int | None) -> str:
        """Let the user go back to where they were, as far as that is still there; what to tell of it."""
        here = self.timeline.tick
        self.navigation = Navigation(plan.branch, here if tick is None else tick)
        self.navigation.moved(plan.branch, here)
        return "" if tick is None or tick == here else f"jump-back goes to tick {tick:,}"


def _refuse_no_program(data: bytes, file: str, name: str) -> None:
    from xqdbg.sessionfile.form import is_session

    if not data:
        raise XqdbgError(f"{name} is empty: there is no program in it")
    if is_session(data, file):
        raise XqdbgError(f"{name} is a session and no program", "`open` takes sessions")


def _told(name: str, found: Diagnostic) -> str:
    place = ":".join(str(each) for each in (printable(name), found.line, found.column) if each is not None)
    return f"{place}: {printable(found.message)}"


def _count(lost: Sequence[Row]) -> str:
    """How much could not be kept; the first of it by name."""
    if not lost:
        return ""
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"lost: {lost[0].cells[1]}{more}"
