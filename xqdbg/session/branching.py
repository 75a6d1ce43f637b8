"""Editing the past: each edit makes a branch."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import HOST_REPLY, Place, Status
from xqdbg.branches import check
from xqdbg.errors import XqdbgError
from xqdbg.expressions import parse
from xqdbg.locations import InCode, parse_location
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.record import Edit
from xqdbg.rides import PAUSED
from xqdbg.session.asking import Asking


class Branching(Asking):
    """The verbs that make other histories, and compare them."""

    def edit(self, assignments: Sequence[tuple[str, str]], name: str = "") -> Moment:
        """Put the values of expressions into places, here and now, on a new branch."""
        edits = [Edit(self.place(place), self._new_value(text)) for place, text in assignments]
        texts = [f"{edit.place} = {self.machine.text(edit.value)}" for edit in edits]
        return self._fork(edits, texts, name)

    def reply(self, assignments: Sequence[tuple[str, str]], name: str = "") -> Moment:
        """Answer the host call the program waits for with values in places, here and now, on a new branch."""
        if self.machine.status is not Status.HOST:
            raise XqdbgError(
                "the program does not wait for its host", "it does at a host call that the inputs leave open"
            )
        edits = [Edit(self.place(place), self._new_value(text)) for place, text in assignments]
        texts = [f"{edit.place} = {self.machine.text(edit.value)}" for edit in edits]
        return self._fork([*edits, Edit(HOST_REPLY, 1)], [*texts, "the host replied"], name)

    def assembly(self, text: str, patience: Patience = ENDLESS, *, dry: bool = False) -> Moment:
        """Run a snippet of assembly from here, and put what is different after it on a new branch.

        `dry`: only tell what it would do. SnippetError for a snippet that faults or comes to no end; nothing has
        changed then.
        """
        from xqdbg import whatif

        if self.opened is None:
            raise XqdbgError("there is no assembler: the program itself is not at hand")
        program = whatif.assembled(self.opened.tools, text)
        here = self.timeline.tick
        try:
            self._rider.travel(self._editable(), ENDLESS)
            trial = whatif.attempt(self.machine, program, patience)
        finally:
            self._rider.travel(here, ENDLESS)
        if dry or not trial.edits:
            heading = "tried" if dry else "no branch is needed"
            answer = whatif.report(self.machine, trial, heading)
            return self._look(answer.title, answer=answer)
        texts = [f"{edit.place} = {self.machine.text(edit.value)}" for edit in trial.edits]
        moment = self._fork(trial.edits, texts, "")
        answer = whatif.report(self.machine, trial, f"branch {moment.branch}")
        return self._look(answer.title, answer=answer)

    def jump(self, location: str) -> Moment:
        """Go on at another instruction, on a new branch."""
        target = parse_location(location, self.code, self.isa)
        if not isinstance(target, InCode) or len(target.pcs) != 1:
            raise XqdbgError("jump goes to one instruction", "name a line, *PC or a label; goto goes to another time")
        pc = min(target.pcs)
        return self._fork([Edit(Place("pc"), pc)], [f"pc = {self.where(pc)}"], "")

    def fork(self, name: str = "") -> Moment:
        """Make a branch without an edit, here and now."""
        return self._fork([], [], name)

    def switch(self, name: str, patience: Patience = ENDLESS) -> Moment:
        """Go to another branch, to where the user left it."""
        branch = self.branches.find(name)
        if branch is self.branch:
            return self._look(f"branch {name}")
        there = self._enter(branch.name, patience)
        return self._came(f"branch {name}" if there else f"branch {name}, {PAUSED} before tick {branch.position:,}")

    def drop_branch(self, name: str) -> Moment:
        """Forget a branch."""
        self.branches.drop(name)
        for part in (self.pins, self.bookmarks, self.navigation):
            part.dropped(name)
        return self._look(f"branch {name} dropped")

    def rename_branch(self, name: str, to: str) -> Moment:
        """Give a branch another name."""
        self.branches.rename(name, to)
        for part in (self.pins, self.bookmarks, self.navigation):
            part.renamed(name, to)
        self._edited = True
        return self._look(f"branch {name} is now {to}")

    def diff(self, a: str, b: str = "", patience: Patience = ENDLESS) -> Moment:
        """Tell where two branches part and what becomes different; the current one if only one is named."""
        from xqdbg import compare

        first, second = (self.branches.find(a), self.branches.find(b)) if b else (self.branch, self.branches.find(a))
        return self._told(f"diff {first.name} {second.name}", compare.diff(first, second, patience))

    def sweep(self, place: str, values: str, shows: Sequence[str] = (), patience: Patience = ENDLESS) -> Moment:
        """Make a branch for each of a family of values, and tabulate what becomes of them."""
        from xqdbg import sweep

        shown = [self._expression(text) for text in shows]
        answer = sweep.sweep(self.branches, self.place(place), values, self.timeline.tick, shown, patience, self.saved)
        shown_too = f" show {', '.join(shows)}" if shows else ""
        return self._told(f"sweep {place} {values}{shown_too}", answer)

    # Inside

    def _new_value(self, text: str) -> object:
        return parse(text).bind(self.machine, self.saved, self._old, strict=text.strip() != "unset")()

    def _editable(self) -> int:
        """The tick at which an edit here is made: after a fault it would come too late."""
        return self.timeline.tick - (self.machine.status is Status.FAULTED)

    def _fork(self, edits: Sequence[Edit], texts: Sequence[str], name: str) -> Moment:
        here = self.timeline.tick
        there = self._editable() if edits and all(edit.place.name != "pc" for edit in edits) else here
        try:
            self._rider.travel(there, ENDLESS)
            check(self.machine, edits)
            branch = self.branches.add(there, edits, texts, name)
        except XqdbgError:
            self._rider.travel(here, ENDLESS)
            raise
        self._enter(branch.name)
        self._edited = True
        return self._came(f"branch {branch.name}: {', '.join(texts) or 'no edit yet'}")
