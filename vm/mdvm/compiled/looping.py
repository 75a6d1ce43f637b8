"""A loop while it is written, and lines that are filled in later."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from vm.mdvm.compiled.facts import Facts, Segment
from vm.mdvm.compiled.graph import Graph, joins, loops


class Hole:
    """A line to be filled in later, or left out."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""

    def __call__(self) -> str:
        return self.text


class Loop:
    """A loop that is being written."""

    def __init__(self, header: int, body: AbstractSet[int], number: int) -> None:
        self.header = header
        self.body = body
        self.number = number
        self.counted = False
        """Whether it is a loop over the ticks that are left: there is neither a loop nor a call in it."""
        self.laps = 1
        """How often it goes round in the text."""
        self.segment = Segment()
        self.rests: list[Facts] = []
        """What is known where it begins anew."""
        self.exits: dict[int, list[Facts]] = {}
        self.refunds = False
        self.unchecked: AbstractSet[int] = frozenset()
        """Instructions whose results are known to fit."""
        self.kinds: dict[int, tuple[str, ...]] = {}
        """Kinds of the operands of what is computed in it."""
        self._inside: tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]] | None = None

    def forget(self) -> None:
        """Be written once more."""
        self.segment = Segment()
        self.rests, self.exits, self.refunds, self.kinds = [], {}, False, {}

    @property
    def uneven(self) -> bool:
        """Whether some ways through it take fewer ticks than others."""
        return self.refunds or any(each.done != self.segment.most for each in self.rests)

    def inside(self, graph: Graph) -> tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]]:
        """The loops within it, and where its branches come together."""
        if self._inside is None:
            rest = self.body - {self.header}
            self._inside = loops(graph, rest), joins(graph, self.body, {self.header})
        return self._inside
