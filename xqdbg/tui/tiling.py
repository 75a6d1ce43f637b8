"""Panes beside and above each other: a tree of splits, its notation, and how it is fitted into a screen.

`code / fault | (watches | explain) / matrix:2 / lists=5`: `|` stands between columns, `/` between rows and binds
closer, `:n` is a share of the room there is, `=n` a number of columns or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from textual.geometry import Region

from xqdbg.errors import XqdbgError

GAP = 1
"""Columns between panes beside each other; above each other their rules part them."""
MOST_TEXT = 600
"""Characters of a layout."""
DEEPEST = 12
MOST_PANES = 40
MOST_SHARE = 999

_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z][\w-]{0,39})|(?P<sign>[|/()])|(?P<share>[:=])\s*(?P<number>\d{1,4}))")

Path = tuple[int, ...]
"""Which part of which part … of a tree."""


@dataclass(frozen=True, slots=True)
class Node:
    """A pane, or several parts beside or above each other."""

    pane: str = ""
    """Of a leaf: which pane."""
    parts: tuple[Node, ...] = ()
    across: bool = False
    """Whether the parts stand beside each other."""
    weight: int = 1
    """Its share of the room that is left."""
    fixed: int = 0
    """Columns or rows it takes whatever there is; 0 if it takes a share."""

    def __str__(self) -> str:
        return _written(self, outer=True)

    def panes(self) -> list[str]:
        """All panes of it, in order."""
        return [self.pane] if self.pane else [pane for part in self.parts for pane in part.panes()]


@dataclass(frozen=True, slots=True)
class Want:
    """What a pane needs."""

    width: int = 12
    """Columns below which it shows nothing of use."""
    height: int = 3
    """Rows below which it shows nothing of use, its rule included."""
    rows: Callable[[int], int] | None = None
    """The rows it takes in so many columns, where that follows from what it shows; else it takes what there is."""
    rank: int = 0
    """How soon it gives way where there is not enough room: the highest goes first."""


@dataclass(frozen=True, slots=True)
class Border:
    """What can be moved to make one part larger and the next one smaller."""

    split: Path
    before: int
    after: int
    """Which parts of the split it is between."""
    across: bool
    """Whether it is moved left and right."""
    region: Region


@dataclass(frozen=True, slots=True)
class Solution:
    """Where everything is."""

    regions: Mapping[str, Region] = field(default_factory=dict)
    borders: Sequence[Border] = ()
    extents: Mapping[Path, int] = field(default_factory=dict)
    """Columns or rows of every part that is in sight, along the split it is a part of."""


# The notation


def names_in(text: str) -> tuple[str, ...]:
    """All that a layout calls panes, as it is read, whether there are such panes or not."""
    return tuple(dict.fromkeys(match["name"].lower() for match in _TOKEN.finditer(text[:MOST_TEXT]) if match["name"]))


def parse(text: str, known: Collection[str]) -> Node:
    """Read a layout; XqdbgError that says at which column it stops making sense."""
    if len(text) > MOST_TEXT:
        raise XqdbgError(f"a layout has at most {MOST_TEXT} characters")
    reader = _Reader(text, known)
    node = reader.columns(0)
    reader.expect_end()
    names = node.panes()
    if len(names) > MOST_PANES:
        raise XqdbgError(f"a layout has at most {MOST_PANES} panes")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise XqdbgError(f"the pane {twice} stands twice in the layout", "each pane can be in one place")
    return node


class _Reader:
    """Reads the notation from left to right."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self._text, self._known, self._at = text, known, 0

    def columns(self, depth: int) -> Node:
        return self._list("|", lambda: self._rows(depth))

    def _rows(self, depth: int) -> Node:
        return self._list("/", lambda: self._item(depth))

    def _list(self, sign: str, read: Callable[[], Node]) -> Node:
        parts = [read()]
        while self._take(sign):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Node(parts=tuple(parts), across=sign == "|")

    def _item(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._error("brackets are nested too deeply")
        if self._take("("):
            node = self.columns(depth + 1)
            if not self._take(")"):
                raise self._error("a bracket is not closed")
        else:
            node = Node(self._name())
        return self._share(node)

    def _name(self) -> str:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["name"] is None:
            raise self._error("the name of a pane is missing")
        name = match["name"].lower()
        if name not in self._known:
            raise self._error(f"there is no pane {name}", f"there are {', '.join(sorted(self._known))}")
        self._at = match.end()
        return name

    def _share(self, node: Node) -> Node:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["share"] is None:
            return node
        number = int(match["number"])
        if not 1 <= number <= MOST_SHARE:
            raise self._error(f"a share or size is a number from 1 to {MOST_SHARE}")
        self._at = match.end()
        return replace(node, weight=number) if match["share"] == ":" else replace(node, fixed=number)

    def _take(self, sign: str) -> bool:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["sign"] != sign:
            return False
        self._at = match.end()
        return True

    def expect_end(self) -> None:
        """XqdbgError if anything follows."""
        if self._text[self._at :].strip():
            raise self._error("this is not understood")

    def _error(self, message: str, hint: str = "") -> XqdbgError:
        rest = self._text[self._at :]
        column = self._at + len(rest) - len(rest.lstrip()) + 1
        hint = hint or "such as: code:2 | matrix / (watches | lists)=9"
        return XqdbgError(f"layout, column {column}: {message}", hint)


def _written(node: Node, *, outer: bool = False) -> str:
    share = f"={node.fixed}" if node.fixed else f":{node.weight}" if node.weight > 1 else ""
    if node.pane:
        return node.pane + share
    inner = (" | " if node.across else " / ").join(_written(part) for part in node.parts)
    return inner if outer and not share else f"({inner}){share}"


# Fitting it into a screen


def solve(tree: Node, width: int, height: int, wants: Mapping[str, Want]) -> Solution:
    """Places for the panes that are in `wants`; those there is no room for are left out, the least important first."""
    shown = [pane for pane in tree.panes() if pane in wants]
    while True:
        kept = _pruned(tree, set(shown), ())
        if kept is None:
            return Solution()
        over = _over(kept, width, height, wants)
        if not over or len(shown) == 1:
            break
        shown.remove(_dispensable(tree, shown, over, width, height, wants))
    placing = _Placing(wants)
    placing.place(kept, Region(0, 0, width, height))
    return Solution(placing.regions, tuple(placing.borders), placing.extents)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A node with what is in sight of it, and where it stands in the whole tree."""

    node: Node
    path: Path
    """Where it is a part; a split of which one part is left counts as that part."""
    parts: tuple[_Kept, ...] = ()
    split: Path = ()
    """Where the split is whose parts they are."""


def _pruned(node: Node, shown: Collection[str], path: Path) -> _Kept | None:
    """The node without panes out of sight; a split of which one part is left is that part, with the split's size."""
    if node.pane:
        return _Kept(node, path) if node.pane in shown else None
    found = [_pruned(part, shown, (*path, at)) for at, part in enumerate(node.parts)]
    parts = tuple(part for part in found if part is not None)
    if not parts:
        return None
    if len(parts) == 1:
        only = parts[0]
        return replace(only, node=replace(only.node, weight=node.weight, fixed=node.fixed), path=path)
    return _Kept(node, path, parts, path)


def _least(kept: _Kept, wants: Mapping[str, Want]) -> tuple[int, int]:
    """Columns and rows it cannot do without."""
    if not kept.parts:
        want = wants[kept.node.pane]
        return want.width, want.height
    sizes = [_least(part, wants) for part in kept.parts]
    widths, heights = [size[0] for size in sizes], [size[1] for size in sizes]
    if kept.node.across:
        return sum(widths) + GAP * (len(sizes) - 1), max(heights)
    return max(widths), sum(heights)


def _over(kept: _Kept, width: int, height: int, wants: Mapping[str, Want]) -> int:
    """How many columns and rows are missing."""
    least = _least(kept, wants)
    return max(0, least[0] - width) + max(0, least[1] - height)


def _dispensable(
    tree: Node, shown: Sequence[str], over: int, width: int, height: int, wants: Mapping[str, Want]
) -> str:
    """The least important pane without which less is missing; the least important of all if there is none."""
    ranked = sorted(shown, key=lambda pane: -wants[pane].rank)
    for pane in ranked:
        kept = _pruned(tree, set(shown) - {pane}, ())
        if kept is not None and _over(kept, width, height, wants) < over:
            return pane
    return ranked[0]


class _Placing:
    """Gives every part its region, and takes note of the borders between them."""

    def __init__(self, wants: Mapping[str, Want]) -> None:
        self._wants = wants
        self.regions: dict[str, Region] = {}
        self.borders: list[Border] = []
        self.extents: dict[Path, int] = {}

    def place(self, kept: _Kept, region: Region) -> None:
        if not kept.parts:
            self.regions[kept.node.pane] = region
            return
        across = kept.node.across
        gap = GAP if across else 0
        room = (region.width if across else region.height) - gap * (len(kept.parts) - 1)
        at = region.x if across else region.y
        for number, extent in enumerate(_extents(kept, room, region.width, self._wants)):
            part = kept.parts[number]
            self.extents[part.path] = extent
            if number:
                self._note_border(kept, number, at, region)
            here = (at, region.y, extent, region.height) if across else (region.x, at, region.width, extent)
            self.place(part, Region(*here))
            at += extent + gap

    def _note_border(self, kept: _Kept, number: int, at: int, region: Region) -> None:
        """Note the border before a part that begins at `at`."""
        depth, across = len(kept.split), kept.node.across
        before, after = (kept.parts[each].path[depth] for each in (number - 1, number))
        line = Region(at - GAP, region.y, GAP, region.height) if across else Region(region.x, at, region.width, 1)
        self.borders.append(Border(kept.split, before, after, across, line))


def _extents(kept: _Kept, room: int, width: int, wants: Mapping[str, Want]) -> list[int]:
    """Columns or rows for each part: those of a fixed size first, the others share the rest by weight."""
    axis = 0 if kept.node.across else 1
    leasts = [_least(part, wants)[axis] for part in kept.parts]
    sizes: list[int | None] = [_own_size(part, axis, width, wants) for part in kept.parts]
    if all(size is not None for size in sizes):
        sizes[_stretchy(kept, wants)] = None
    fixed = {
        at: max(least, size) for at, (size, least) in enumerate(zip(sizes, leasts, strict=True)) if size is not None
    }
    free = [at for at in range(len(sizes)) if at not in fixed]
    _shrink(fixed, leasts, sum(fixed.values()) + sum(leasts[at] for at in free) - room)
    shares = _shared(free, [part.node.weight for part in kept.parts], leasts, room - sum(fixed.values()))
    return [fixed[at] if at in fixed else shares[at] for at in range(len(sizes))]


def _own_size(part: _Kept, axis: int, width: int, wants: Mapping[str, Want]) -> int | None:
    """The size a part has by itself; None if it takes a share."""
    if part.node.fixed:
        return part.node.fixed
    rows = wants[part.node.pane].rows if axis and not part.parts else None
    return None if rows is None else rows(width)


def _stretchy(kept: _Kept, wants: Mapping[str, Want]) -> int:
    """Of parts that all have a size of their own, the one that takes what is left: the last whose size was chosen."""
    chosen = [at for at, part in enumerate(kept.parts) if part.parts or wants[part.node.pane].rows is None]
    return chosen[-1] if chosen else len(kept.parts) - 1


def _shrink(fixed: dict[int, int], leasts: Sequence[int], over: int) -> None:
    """Take away from fixed sizes, the largest surplus first, what others cannot do without."""
    for at in sorted(fixed, key=lambda at: leasts[at] - fixed[at]):
        cut = min(max(0, over), fixed[at] - leasts[at])
        fixed[at] -= max(0, cut)
        over -= max(0, cut)


def _shared(free: Sequence[int], weights: Sequence[int], leasts: Sequence[int], room: int) -> dict[int, int]:
    """What is left, by weight, but nobody gets less than they need."""
    found: dict[int, int] = {}
    waiting = list(free)
    while waiting:
        total = sum(weights[at] for at in waiting)
        short = [at for at in waiting if room * weights[at] < leasts[at] * total]
        if not short:
            break
        for at in short:
            found[at] = max(0, min(leasts[at], room))
            room -= found[at]
            waiting.remove(at)
    total = sum(weights[at] for at in waiting)
    for at in waiting:
        found[at] = room * weights[at] // total
        room, total = room - found[at], total - weights[at]
    return found


# Changing it


def resized(tree: Node, border: Border, by: int, solution: Solution) -> Node:
    """The tree with a border moved by so many columns or rows, as far as shares and sizes can say that."""

    def change(split: Node) -> Node:
        parts = list(split.parts)
        for at, part in enumerate(parts):
            extent = solution.extents.get((*border.split, at))
            if extent and not part.fixed:
                parts[at] = replace(part, weight=min(MOST_SHARE, max(1, extent)))
        for at, more in ((border.before, by), (border.after, -by)):
            part = parts[at]
            size = part.fixed or part.weight
            size = max(1, min(MOST_SHARE, size + more))
            parts[at] = replace(part, fixed=size) if part.fixed else replace(part, weight=size)
        return replace(split, parts=tuple(parts))

    return _changed(tree, border.split, change)


def _changed(node: Node, path: Path, change: Callable[[Node], Node]) -> Node:
    if not path:
        return change(node)
    parts = list(node.parts)
    parts[path[0]] = _changed(parts[path[0]], path[1:], change)
    return replace(node, parts=tuple(parts))


def without(tree: Node, pane: str) -> Node | None:
    """The tree without a pane; None if nothing is left."""
    if tree.pane:
        return None if tree.pane == pane else tree
    parts = tuple(kept for part in tree.parts if (kept := without(part, pane)) is not None)
    if not parts:
        return None
    return replace(parts[0], weight=tree.weight, fixed=tree.fixed) if len(parts) == 1 else replace(tree, parts=parts)


def swapped(tree: Node, one: str, other: str) -> Node:
    """The tree with two panes in each other's places."""
    names = {one: other, other: one}
    if tree.pane:
        return replace(tree, pane=names.get(tree.pane, tree.pane))
    return replace(tree, parts=tuple(swapped(part, one, other) for part in tree.parts))


def below(tree: Node, pane: str, neighbour: str, *, fixed: int = 0) -> Node:
    """The tree with a pane below another one, which gives it half of its room; below all if there is no such pane."""
    new = Node(pane, fixed=fixed)
    if neighbour not in tree.panes():
        return Node(parts=(replace(tree, weight=2, fixed=0), new))

    def change(node: Node) -> Node:
        if node.pane == neighbour:
            inner = replace(node, weight=1, fixed=0)
            return Node(parts=(inner, new), weight=node.weight, fixed=node.fixed)
        return replace(node, parts=tuple(change(part) for part in node.parts))

    return change(tree)


def borders_of(pane: str, solution: Solution, *, across: bool) -> Iterator[tuple[Border, int]]:
    """The borders of a pane in one direction, each with the sign by which moving it makes the pane larger."""
    region = solution.regions.get(pane)
    if region is None:
        return
    for border in solution.borders:
        if border.across != across or not _touches(border.region, region, across):
            continue
        ahead = (border.region.x >= region.right) if across else (border.region.y >= region.bottom)
        yield border, 1 if ahead else -1


def _touches(line: Region, region: Region, across: bool) -> bool:
    if across:
        return line.x in (region.right, region.x - GAP) and line.y <= region.y and region.bottom <= line.bottom
    return line.y in (region.bottom, region.y) and line.x <= region.x and region.right <= line.right
