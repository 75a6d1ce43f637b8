"""A loop while it is written, the ways it is written in, and lines that are filled in later."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from vm.mdvm.compiled.facts import Facts, Segment
from vm.mdvm.compiled.graph import Graph, joins, loops

if TYPE_CHECKING:
    from vm.mdvm.compiled.strides import Stride


class Hole:
    """A line to be filled in later, or left out."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""

    def __call__(self) -> str:
        return self.text


class Way:
    """One text of a loop: with all its checks, or without those that are known to be needless there."""

    def __init__(
        self,
        number: int,
        laps: int = 1,
        unchecked: AbstractSet[int] = frozenset(),
        least: Mapping[int, tuple[int, int]] | None = None,
        stride: Stride | None = None,
    ) -> None:
        self.number = number
        """That of the loop."""
        self.laps = laps
        """How often the loop goes round in the text."""
        self.unchecked = unchecked
        """Instructions whose results are known to fit, or whose divisor is positive."""
        self.least = least or {}
        """For divisions: what their operands are known to be at least."""
        self.stride = stride
        self.segment = Segment()
        self.rests: list[Facts] = []
        """What is known where it begins anew."""
        self.endings: list[Mapping[int, str]] = []
        """The constants that are known to be in registers there, and were not yet put into them."""
        self.refunds = False
        self.looked: set[int] = set()
        """Registers whose variables are looked at."""

    @property
    def counter(self) -> int:
        """The register that the loop counts by; -1 if that is the ticks."""
        return self.stride.counter if self.stride is not None else -1

    @property
    def uneven(self) -> bool:
        """Whether some ways through it take fewer ticks than others."""
        return self.refunds or any(each.done != self.segment.most for each in self.rests)

    def room(self) -> str:
        """The text of the ticks that were left where the loop began last."""
        text = "room"
        if self.stride is not None:
            text += f" - (r{self.counter} - s{self.number}) // {self.stride.step} * {self.segment.most}"
        return text + f" + g{self.number}" if self.uneven else text

    def put_off(self, register: int) -> str:
        """The constant that is in a register wherever the loop begins anew, if nobody looks before the loop is over."""
        if register in self.looked:
            return ""
        texts = {each.get(register, "") for each in self.endings}
        return texts.pop() if len(texts) == 1 else ""


class Loop:
    """A loop that is being written."""

    def __init__(self, header: int, body: AbstractSet[int], number: int) -> None:
        self.header = header
        self.body = body
        self.number = number
        self.counted = False
        """Whether it is a loop over the ticks that are left: there is neither a loop nor a call in it."""
        self.ways: list[Way] = []
        """Those that were written, the last of them just now."""
        self.exits: dict[int, list[Facts]] = {}
        self.kinds: dict[int, tuple[str, ...]] = {}
        """Kinds of the operands of what is computed in it."""
        self._inside: tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]] | None = None
        self.forget()

    def forget(self) -> None:
        """Be written once more."""
        self.ways, self.exits, self.kinds = [Way(self.number)], {}, {}

    @property
    def way(self) -> Way:
        """The way that is being written."""
        return self.ways[-1]

    def inside(self, graph: Graph) -> tuple[Mapping[int, AbstractSet[int]], Mapping[int, int]]:
        """The loops within it, and where its branches come together."""
        if self._inside is None:
            rest = self.body - {self.header}
            self._inside = loops(graph, rest), joins(graph, self.body, {self.header})
        return self._inside
