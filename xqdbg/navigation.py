"""Where the user has been, as in a browser: back to where one was before a jump, and forward again."""

from __future__ import annotations

from dataclasses import replace

from vm.values import dataclass

MOST = 1_000
"""Positions remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Position:
    """A moment of a branch."""

    branch: str
    tick: int


class Navigation:
    """Positions in the order they were visited, and which of them is here.

    Moves of one walk, such as single steps in a row, are remembered as one: where the walk began and where it has
    come to.
    """

    def __init__(self, branch: str, tick: int, most: int = MOST) -> None:
        self._most = max(2, most)
        self._visited = [Position(branch, tick)]
        self._at = 0
        self._walk = ""
        """What walk the last move was a part of, so that another one goes on with it; empty for a jump."""

    @property
    def here(self) -> Position:
        """Where the user is."""
        return self._visited[self._at]

    @property
    def behind(self) -> int:
        """How often one can go back."""
        return self._at

    @property
    def ahead(self) -> int:
        """How often one can go forward again."""
        return len(self._visited) - 1 - self._at

    def moved(self, branch: str, tick: int, *, walk: str = "") -> None:
        """Take note of a move that was made, as a part of which walk if it was no jump. It cuts what lay ahead.

        A move that ends where it began is none.
        """
        position = Position(branch, tick)
        if position == self.here:
            return
        del self._visited[self._at + 1 :]
        if walk and walk == self._walk:
            self._visited.pop()
        self._walk = walk
        if not self._visited or self._visited[-1] != position:
            self._visited.append(position)
        elif walk:
            self._walk = ""  # the walk came back to where it began
        del self._visited[: -self._most]
        self._at = len(self._visited) - 1

    def back(self, count: int = 1) -> Position | None:
        """Go back `count` positions, or to the oldest; None if there is nothing behind."""
        return self._go(-count)

    def forward(self, count: int = 1) -> Position | None:
        """Go forward again `count` positions, or to the newest; None if there is nothing ahead."""
        return self._go(count)

    def renamed(self, branch: str, to: str) -> None:
        """A branch has another name."""
        self._visited = [replace(each, branch=to) if each.branch == branch else each for each in self._visited]

    def dropped(self, branch: str) -> None:
        """A branch is gone, and with it the visits there; the user is elsewhere."""
        here = self.here
        behind = [each for each in self._visited[: self._at] if each.branch != branch]
        ahead = [each for each in self._visited[self._at + 1 :] if each.branch != branch]
        self._visited = _without_repeats([*behind, here, *ahead])
        self._at = len(_without_repeats([*behind, here])) - 1
        self._walk = ""

    def _go(self, count: int) -> Position | None:
        target = min(max(0, self._at + count), len(self._visited) - 1)
        if target == self._at:
            return None
        self._at = target
        self._walk = ""
        return self.here


def _without_repeats(positions: list[Position]) -> list[Position]:
    return [each for at, each in enumerate(positions) if at == 0 or positions[at - 1] != each]
