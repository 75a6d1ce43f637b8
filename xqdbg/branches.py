"""Histories that differ by edits of the past: each has a name and is kept, and they share what they have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from vm.contract import Checkpoint, Machine, PlaceError
from xqdbg.errors import XqdbgError
from xqdbg.history import History
from xqdbg.moment import BranchNote, Future
from xqdbg.record import Edit, Record
from xqdbg.timeline import Timeline

FIRST = "main"
"""Name of the branch without edits."""

MOST = 2_000
"""Branches a session may have."""

LEFT_CHECKPOINTS = 12
"""Checkpoints kept of a branch that is not the current one."""

_NAME = re.compile(r"[A-Za-z_][\w.+-]{0,39}", re.ASCII)


class Branch:
    """One history. Its timeline is made when somebody wants to go there, its index when somebody asks."""

    def __init__(
        self,
        name: str,
        record: Record,
        parent: Branch | None,
        tick: int,
        edits: Sequence[str],
        timeline: Timeline | None,
    ) -> None:
        self.name = name
        self.record = record
        self.parent = parent
        self.tick = tick
        """Where it was made."""
        self.edits = tuple(edits)
        """Its own edits as `r3 = 7`."""
        self.position = tick
        """Where the user left it."""
        self.future: Future | None = None
        """What was known of its run when it was left."""
        self._timeline = timeline
        self._history: History | None = None
        self._kept: tuple[Checkpoint, ...] = ()
        """Some checkpoints from when it was left."""

    @property
    def timeline(self) -> Timeline:
        """Its timeline; made when it is needed."""
        return self.enter()

    def enter(self) -> Timeline:
        """Make ready for moves."""
        if self._timeline is None:
            self._timeline, self._kept = self._made(), ()
        return self._timeline

    def scout(self) -> Timeline:
        """A timeline of the same run that moves nobody; of a branch nobody has been on, it leaves nothing behind."""
        return self._made() if self._timeline is None else self._timeline.scout()

    def _made(self) -> Timeline:
        """A new timeline of this run, from its own checkpoints and those of the nearest ancestor that is in use."""
        shared, ancestor = self.tick, self.parent
        while ancestor is not None:
            if ancestor._timeline is not None:
                made = ancestor._timeline.branch(self.record, shared)
                for checkpoint in self._kept:
                    made.shelf.put(checkpoint, 1)
                return made
            shared, ancestor = min(shared, ancestor.tick), ancestor.parent
        raise LookupError(f"the branch {self.name} has nothing to begin from")

    @property
    def history(self) -> History:
        """What is known of its whole run; made on first use."""
        if self._history is None:
            self._history = History(self.timeline.scout())
        return self._history

    def leave(self) -> None:
        """Keep little more than the way back: twenty branches cost less than half as much as one that is in use."""
        if self._history is not None:
            self.future, self._history = self._history.future, None
        if self._timeline is None:
            return
        self.position, shelf = self._timeline.tick, self._timeline.shelf
        if self.parent is None:
            shelf.shrink(LEFT_CHECKPOINTS, shelf.weight // 8)
            self._timeline.seek(0)
        else:
            self._kept = shelf.few(self.tick, LEFT_CHECKPOINTS, shelf.weight // 128)
            self._timeline = None

    def forget(self) -> None:
        """Keep the record alone. Of the first branch all else begins, so that one stays as it is."""
        if self.parent is not None:
            self._timeline, self._history, self._kept = None, None, ()

    def note(self, *, current: bool) -> BranchNote:
        """What a face tells of it."""
        return BranchNote(self.name, self.parent.name if self.parent else "", self.tick, self.edits, current)


class Branches:
    """All branches of a session. There is always a current one."""

    def __init__(self, timeline: Timeline) -> None:
        self.current = Branch(FIRST, timeline.record, None, 0, (), timeline)
        self._by_name = {FIRST: self.current}
        self._made = 0

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, name: str) -> Branch:
        """The branch of a name; XqdbgError if there is none."""
        if (found := self._by_name.get(name)) is not None:
            return found
        close = get_close_matches(name, self._by_name, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(list(self._by_name)[:12])}"
        raise XqdbgError(f"there is no branch {name[:40]!a}", hint)

    def has(self, name: str) -> bool:
        """Whether there is a branch of that name."""
        return name in self._by_name

    def check_room(self, count: int = 1) -> None:
        """XqdbgError if so many more branches are too many."""
        if len(self._by_name) + count > MOST:
            raise XqdbgError(
                f"there are {len(self._by_name):,} branches, and {MOST:,} is the most there can be", "drop some"
            )

    def add(self, tick: int, edits: Sequence[Edit], texts: Sequence[str], name: str = "") -> Branch:
        """Branch off the run of the current one at `tick`; XqdbgError if there is no room or the name is no good."""
        self.check_room()
        name = self._named(name)
        parent = self.current
        while parent.parent is not None and tick < parent.tick:
            parent = parent.parent  # what is made before a branch begins has nothing of it
        branch = Branch(name, parent.record.branched(tick, edits), parent, tick, texts, None)
        self._by_name[name] = branch
        return branch

    def switch(self, branch: Branch) -> None:
        """Make a branch the current one."""
        if branch is not self.current:
            before, self.current = self.current, branch
            branch.enter()  # while there are the checkpoints of the one that is left
            before.leave()

    def drop(self, name: str) -> None:
        """Forget a branch; XqdbgError for the current one, the first one and those that others were made from."""
        branch = self.find(name)
        if branch is self.current:
            raise XqdbgError(f"{name} is the current branch", "switch to another one first")
        if branch.parent is None:
            raise XqdbgError(f"{name} is the run itself, which stays")
        children = [other.name for other in self._by_name.values() if other.parent is branch]
        if children:
            raise XqdbgError(f"{', '.join(children[:6])} branched off {name}", "drop those first")
        del self._by_name[name]

    def rename(self, name: str, to: str) -> None:
        """Give a branch another name."""
        branch = self.find(name)
        branch.name = self._named(to)
        self._by_name = {each.name: each for each in self._by_name.values()}

    def notes(self) -> tuple[BranchNote, ...]:
        """All of them, each after its parent, siblings in the order they were made."""
        children: dict[str, list[Branch]] = {}
        for branch in self._by_name.values():
            if branch.parent is not None:
                children.setdefault(branch.parent.name, []).append(branch)
        first = next(branch for branch in self._by_name.values() if branch.parent is None)
        ordered, waiting = [], [first]
        while waiting:
            branch = waiting.pop()
            ordered.append(branch.note(current=branch is self.current))
            waiting += reversed(children.get(branch.name, []))
        return tuple(ordered)

    def _named(self, name: str) -> str:
        """The name, checked; one that is free if it is empty."""
        if not name:
            while not name or name in self._by_name:
                self._made += 1
                name = f"b{self._made}"
            return name
        if not _NAME.fullmatch(name):
            raise XqdbgError(f"{name[:40]!a} is no name for a branch", "letters, digits, _ . + - and at most 40")
        if name in self._by_name:
            raise XqdbgError(f"there is a branch {name} already", "drop it, or take another name")
        return name


def check(machine: Machine, edits: Sequence[Edit]) -> None:
    """XqdbgError if the edits cannot be made where the machine stands. The machine stays as it is."""
    twin = machine.twin()
    twin.restore(machine.checkpoint())
    for edit in edits:
        try:
            edit.apply(twin)
        except PlaceError as error:
            raise XqdbgError(str(error)) from error
