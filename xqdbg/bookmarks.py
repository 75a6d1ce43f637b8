"""Moments with names: those the user gave, and the last places the session stopped at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from vm.diagnostics import printable
from xqdbg.errors import XqdbgError
from xqdbg.moment import Bookmark

MOST_NAMED = 10_000
"""Bookmarks a user can make."""
MOST_AUTOMATIC = 50
"""Stops that are remembered; the oldest is forgotten first."""
MOST_NOTE = 1_000
"""Characters of a note."""
NAME_FORM = "a name begins with a letter and has up to 40 letters, digits, - and _"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_STOP = re.compile(r"stop-([0-9]{1,18})")


def is_bookmark_name(text: str) -> bool:
    """Whether a bookmark can be called so."""
    return _NAME.fullmatch(text) is not None


class Bookmarks:
    """Bookmarks by name. The automatic ones are bounded on their own, and never crowd out the user's."""

    def __init__(self, most_automatic: int = MOST_AUTOMATIC) -> None:
        self._most_automatic = max(0, most_automatic)
        self._named: dict[str, Bookmark] = {}
        self._automatic: dict[str, Bookmark] = {}
        """Oldest stop first."""
        self._stops = 0
        """The largest number an automatic bookmark has had."""
        self._sorted: Sequence[Bookmark] | None = ()
        """All of them by tick; None when that has to be found out again."""
        self._unplaced = False
        """Whether the address of one may be missing."""

    def __len__(self) -> int:
        return len(self._named) + len(self._automatic)

    def all(self) -> Sequence[Bookmark]:
        """All of them by tick; those of one tick by branch and name."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self.made(), key=lambda mark: (mark.tick, mark.branch, mark.name)))
        return self._sorted

    def set(self, name: str, tick: int, branch: str, note: str = "", pc: int | None = None) -> Bookmark:
        """Give a moment a name; a bookmark that had it is moved here. Naming a stop keeps it for good."""
        _check_name(name)
        _check_note(note)
        if name not in self._named and len(self._named) >= MOST_NAMED:
            raise XqdbgError(f"there are {MOST_NAMED:,} bookmarks already", "delete some of them")
        self._automatic.pop(name, None)
        mark = Bookmark(name, tick, branch, note, pc=pc)
        self._named[name] = mark
        self._sorted = None
        return mark

    def stopped(self, tick: int, branch: str, note: str = "", pc: int | None = None) -> Bookmark | None:
        """Remember a stop. None if the user has a bookmark there; a stop made before keeps its name."""
        if self._most_automatic == 0 or any(_is_at(mark, tick, branch) for mark in self._named.values()):
            return None
        known = next((mark for mark in self._automatic.values() if _is_at(mark, tick, branch)), None)
        if known is not None:
            del self._automatic[known.name]
        name = known.name if known else self._next_stop()
        mark = Bookmark(name, tick, branch, printable(note)[:MOST_NOTE], True, pc)
        self._automatic[mark.name] = mark
        self._forget_oldest()
        self._sorted = None
        return mark

    def find(self, name: str) -> Bookmark:
        """The bookmark of that name; XqdbgError with the names nearest to it if there is none."""
        mark = self._named.get(name) or self._automatic.get(name)
        if mark is None:
            raise XqdbgError(f"there is no bookmark {printable(name[:40])!r}", self._suggestion(name))
        return mark

    def delete(self, name: str) -> Bookmark:
        """Take a bookmark away; XqdbgError if there is none of that name."""
        mark = self.find(name)
        (self._automatic if mark.automatic else self._named).pop(mark.name)
        self._sorted = None
        return mark

    def restore(self, marks: Iterable[Bookmark]) -> None:
        """Have these instead, in the order they were made; XqdbgError for a name that is none or is there twice."""
        fresh = Bookmarks(self._most_automatic)
        for mark in marks:
            _check_name(mark.name)
            if mark.name in fresh._named or mark.name in fresh._automatic:
                raise XqdbgError(f"there are two bookmarks {mark.name}")
            (fresh._automatic if mark.automatic else fresh._named)[mark.name] = mark
            if (stop := _STOP.fullmatch(mark.name)) is not None:
                fresh._stops = max(fresh._stops, int(stop[1]))
        fresh._forget_oldest()
        self._named, self._automatic, self._stops = fresh._named, fresh._automatic, fresh._stops
        self._sorted, self._unplaced = None, True

    def place(self, branch: str, pc_at: Callable[[int], int | None]) -> None:
        """Find out where those of a branch stand that do not tell: a file keeps their ticks only."""
        if not self._unplaced:
            return
        self._unplaced = False
        for marks in (self._named, self._automatic):
            for name, mark in marks.items():
                if mark.pc is None and (mark.branch != branch or (pc := pc_at(mark.tick)) is None):
                    self._unplaced = True
                elif mark.pc is None:
                    marks[name], self._sorted = replace(mark, pc=pc), None

    def renamed(self, branch: str, to: str) -> None:
        """A branch has another name."""
        for marks in (self._named, self._automatic):
            moved = {name: replace(mark, branch=to) for name, mark in marks.items() if mark.branch == branch}
            marks.update(moved)
        self._sorted = None

    def dropped(self, branch: str) -> None:
        """A branch is gone, and its bookmarks with it."""
        for marks in (self._named, self._automatic):
            for name in [name for name, mark in marks.items() if mark.branch == branch]:
                del marks[name]
        self._sorted = None

    def made(self) -> Sequence[Bookmark]:
        """All of them in the order `restore` takes."""
        return (*self._named.values(), *self._automatic.values())

    def _next_stop(self) -> str:
        self._stops += 1
        while (name := f"stop-{self._stops}") in self._named:
            self._stops += 1
        return name

    def _forget_oldest(self) -> None:
        while len(self._automatic) > self._most_automatic:
            del self._automatic[next(iter(self._automatic))]

    def _suggestion(self, name: str) -> str:
        from difflib import get_close_matches  # only who misspells pays for it

        known = [mark.name for mark in self.all()]
        if not known:
            return "`bookmark NAME` makes one"
        folded: dict[str, str] = {}
        for each in known:
            folded.setdefault(each.lower(), each)
        if near := [folded[each] for each in get_close_matches(name.lower(), folded, 3, 0.5)]:
            return f"did you mean {' or '.join(near)}?"
        more = ", …" if len(known) > 5 else ""
        return f"there are {', '.join(known[:5])}{more}" if len(known) > 1 else f"there is only {known[0]}"


def _is_at(mark: Bookmark, tick: int, branch: str) -> bool:
    return mark.tick == tick and mark.branch == branch


def _check_name(name: str) -> None:
    if not is_bookmark_name(name):
        raise XqdbgError(f"{printable(name[:60])!r} cannot be the name of a bookmark", NAME_FORM)


def _check_note(note: str) -> None:
    if len(note) > MOST_NOTE:
        raise XqdbgError(f"a note of {len(note):,} characters is too long", f"{MOST_NOTE:,} are possible")
    if printable(note) != note:
        raise XqdbgError("the note has a character that cannot be shown", "write it in one line of plain text")
