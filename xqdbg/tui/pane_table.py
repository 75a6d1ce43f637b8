"""The one table of panes: what there is to look at, what each needs, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

from textual.widget import Widget

from vm.contract import Line, Shape, View
from vm.isa import Isa
from vm.tokens import Syntax
from vm.values import dataclass
from xqdbg.tui.layouts import LISTS
from xqdbg.tui.panes.conversing import Language
from xqdbg.tui.tiling import Node, Want, names_in, parse, without
from xqdbg.typed import Typed


@dataclass(frozen=True, slots=True)
class Makings:
    """What panes are made of: all that is known of a program before it runs."""

    isa: Isa
    code: Sequence[Line]
    source: Sequence[str]
    views: Sequence[View]
    syntax: Syntax | None
    """How its text is written; None where nobody has said."""
    shapes: AbstractSet[Shape]
    """What values too large for a cell can be."""
    line_of: Mapping[int, int | None]
    """Source lines by address."""
    drawer_rows: Callable[[], int]
    """How many rows the lists may take of their own accord."""
    language: Language
    """What is known of what is typed."""
    typed: Typed
    """What was typed before."""


@dataclass(frozen=True, slots=True)
class PaneKind:
    """A pane there can be one of."""

    id: str
    """What it is called in layouts and commands."""
    title: str
    make: Callable[[Makings], Widget]
    want: Want = Want()
    below: str = "code"
    """Where it goes in a layout that has no place for it; empty for below everything."""
    home: str = "debug"
    """The layout that has room for it in any terminal."""
    eager: bool = False
    """Whether it is there from the start and not only once somebody looks at it."""
    fitted: bool = False
    """Whether it takes as many rows as it has something to say, none if there is nothing."""
    numbered: bool = True
    """Whether it can have the focus, and so has a number."""


def _imported(
    module: str, name: str, make: Callable[[Any, Makings], Widget], package: str = "panes"
) -> Callable[[Makings], Widget]:
    """Make a pane whose module is imported when somebody first looks at it."""
    return lambda makings: make(getattr(import_module(f"xqdbg.tui.{package}.{module}"), name), makings)


def pane_table(views: Sequence[View], shapes: AbstractSet[Shape]) -> dict[str, PaneKind]:
    """All panes by id, in the order of their numbers; each of the machine's views and shapes has one."""
    tall, short = _sorted(views)
    order = [*tall[:1], *short[:1], *tall[1:], *short[1:]]
    cells = [_cells(view, rank=2 if view in tall else 4 + at) for at, view in enumerate(order)]
    large = [replace(kind, below=tall[-1].id) for shape, kind in _LARGE.items() if shape in shapes]
    kinds = [_CODE, *cells, *large, _WATCHES, _LISTS, _EXPLAIN, _COSTS, _REPL, _EDITOR, _PROBLEMS, _FAULT]
    return {kind.id: kind for kind in kinds}


def _cells(view: View, rank: int) -> PaneKind:
    def make(pane: Any, _makings: Makings) -> Widget:
        widget: Widget = pane(view, id=f"pane-{view.id}")
        return widget

    name = "FittedCellsPane" if view.fitted else "CellsPane"
    want = Want(14, 2 if view.fitted else 3, rank=rank)
    return PaneKind(view.id, view.title, _imported("cells_pane", name, make), want, eager=True, fitted=view.fitted)


_CODE = PaneKind(
    "code", "Code",
    _imported(
        "code_pane", "CodePane",
        lambda make, given: make(given.isa, given.code, given.source, syntax=given.syntax, id="pane-code"),
    ),
    Want(26, 4, rank=0), eager=True,
)  # fmt: skip
_MATRIX = PaneKind(
    "matrix", "Matrix", _imported("matrix_pane", "MatrixPane", lambda make, _: make(id="pane-matrix")),
    Want(22, 7, rank=3), home="model", eager=True,
)  # fmt: skip
_MEMORY = PaneKind(
    "memory", "Memory", _imported("memory_pane", "MemoryPane", lambda make, _: make(id="pane-memory")),
    Want(30, 7, rank=3), home="model", eager=True,
)  # fmt: skip
_LARGE: Mapping[Shape, PaneKind] = MappingProxyType({Shape.MATRIX: _MATRIX, Shape.MEMORY: _MEMORY})
_WATCHES = PaneKind(
    "watches", "Watches", _imported("watches_pane", "WatchesPane", lambda make, _: make(id="pane-watches")),
    Want(20, 2, rank=3), eager=True, fitted=True,
)  # fmt: skip
_LISTS = PaneKind(
    "lists", "Lists",
    _imported("drawer", "DrawerPane", lambda make, given: make(given.line_of, most=given.drawer_rows, id="pane-lists")),
    Want(30, 4, rank=1), eager=True, fitted=True,
)  # fmt: skip
_REPL = PaneKind(
    "repl", "REPL",
    _imported("repl_pane", "ReplPane", lambda make, given: make(given.language, given.typed, id="pane-repl")),
    Want(30, 6, rank=1), below="",
)  # fmt: skip
_EDITOR = PaneKind(
    "editor", "Editor", _imported("pane", "EditorPane", lambda make, _: make(id="pane-editor"), "editor"),
    Want(30, 6, rank=0), home="edit",
)  # fmt: skip
_PROBLEMS = PaneKind(
    "problems", "Problems",
    _imported("problems_pane", "ProblemsPane", lambda make, _: make(id="pane-problems"), "editor"),
    Want(24, 3, rank=2), below="editor", home="edit",
)  # fmt: skip
_COSTS = PaneKind(
    "costs", "Limits and cost", _imported("costs_pane", "CostsPane", lambda make, _: make(id="pane-costs")),
    Want(28, 6, rank=6), below="code",
)  # fmt: skip
_FAULT = PaneKind(
    "fault", "Fault", _imported("fault_panel", "FaultPanel", lambda make, _: make(id="pane-fault")),
    Want(26, 3, rank=1), eager=True, fitted=True, numbered=False,
)  # fmt: skip
_EXPLAIN = PaneKind(
    "explain", "Explain",
    _imported(
        "explain_pane", "ExplainPane", lambda make, given: make(given.isa, given.code, given.source, id="pane-explain")
    ),
    Want(30, 6, rank=3), home="teach",
)  # fmt: skip


# The views of a machine in a layout

FOOT = 4
"""Rows of the short views at the foot of a narrow column."""
STATE, BLOCK, PAIRS, TALL = "state", "state-block", "state-pairs", "tall"
"""Names that stand in layouts for the panes of views: beside each other, in a narrow column, by twos, the tall ones."""
LARGE = "large"
"""Stands in layouts for the panes of values too large for a cell: the matrix, the memory, or both."""


def read_layout(
    text: str, kinds: Mapping[str, PaneKind], views: Sequence[View], *, kept: bool = False, large_too: bool = True
) -> Node:
    """A layout as a tree of panes, the lists below it if it names no place for them; XqdbgError if it is none.

    Not `large_too`: without what stands for the panes of large values.

    One that was `kept` may name panes of another machine: the matrix of the other one is the memory of this one, or the
    other way round, and what this one has nothing like is left out.
    """
    large = _stack([Node(kind.id) for kind in _LARGE.values() if kind.id in kinds])
    groups = _groups(views) | ({LARGE: large} if large_too else {})
    if kept and not set(large.panes()) & set(names_in(text)):
        groups |= {kind.id: large for kind in _LARGE.values() if kind.id not in kinds}
    absent = [name for name in names_in(text) if name not in kinds and name not in groups] if kept else []
    tree = _expanded(parse(text, {*kinds, *groups, *absent}), groups)
    for name in absent:
        tree = without(tree, name) or Node("code")
    return tree if LISTS in tree.panes() else Node(parts=(tree, Node(LISTS)))


def strangers(text: str, kinds: Mapping[str, PaneKind]) -> Sequence[str]:
    """What a layout names that this machine has no pane for."""
    known = {*kinds, STATE, BLOCK, PAIRS, TALL, LARGE, *(kind.id for kind in _LARGE.values())}
    return [name for name in names_in(text) if name not in known]


def _groups(views: Sequence[View]) -> dict[str, Node]:
    tall = [Node(view.id) for view in _sorted(views)[0]]
    beside = tall[0] if len(tall) == 1 else Node(parts=tuple(tall), across=True)
    return {STATE: _beside(views), BLOCK: _block(views), PAIRS: _by_twos(views), TALL: beside}


def _expanded(node: Node, groups: Mapping[str, Node]) -> Node:
    if node.pane in groups:
        group = groups[node.pane]
        return Node(group.pane, group.parts, group.across, node.weight, node.fixed)
    return Node(node.pane, tuple(_expanded(part, groups) for part in node.parts), node.across, node.weight, node.fixed)


def _sorted(views: Sequence[View]) -> tuple[list[View], list[View]]:
    """The views that need room, and the others."""
    tall = [view for view in views if view.tall] or list(views[:1])  # a machine has some view
    return tall, [view for view in views if view not in tall]


def _beside(views: Sequence[View]) -> Node:
    """Tall views in columns of their own, the short ones above each other in one column after the first."""
    tall, short = _sorted(views)
    columns = [Node(tall[0].id, weight=4)]
    if short:
        columns.append(_stack([Node(view.id) for view in short], weight=4))
    columns += [Node(view.id, weight=6) for view in tall[1:]]
    return columns[0] if len(columns) == 1 else Node(parts=tuple(columns), across=True)


def _block(views: Sequence[View]) -> Node:
    """The first tall view beside the first short one, the other tall ones below, what is left in pairs at the foot."""
    tall, short = _sorted(views)
    first = _pair([tall[0], *short[:1]])
    rows = [replace(first, weight=2) if len(tall) > 2 else first, *(Node(view.id) for view in tall[1:])]
    return _stack([*rows, *_foot(short[1:])])


def _by_twos(views: Sequence[View]) -> Node:
    """The same in a wide column: the other tall ones stand beside each other too."""
    tall, short = _sorted(views)
    first = replace(_pair([tall[0], *short[:1]]), weight=2)
    rows = [first, *(_pair(tall[at : at + 2]) for at in range(1, len(tall), 2))]
    return _stack([*rows, *_foot(short[1:])])


def _foot(views: Sequence[View]) -> Sequence[Node]:
    return [replace(_pair(views[at : at + 2]), fixed=FOOT) for at in range(0, len(views), 2)]


def _pair(views: Sequence[View]) -> Node:
    parts = tuple(Node(view.id) for view in views)
    return parts[0] if len(parts) == 1 else Node(parts=parts, across=True)


def _stack(parts: Sequence[Node], weight: int = 1) -> Node:
    if len(parts) == 1:
        return Node(parts[0].pane, parts[0].parts, parts[0].across, weight)
    return Node(parts=tuple(parts), weight=weight)
