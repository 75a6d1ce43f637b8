"""What differs between two machines with the same program, place by place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from vm.contract import Cell, Frame, Machine, Place, PlaceError, Region, Selector, Value
from xqdbg.answer import Json

MOST_PARTS = 12
"""Parts of one value that are told."""

_MOST_CELLS = 1 << 16
"""Cells of a region without a place of its own that are compared."""
_BLOCK = 64
"""Rows and columns compared at a time."""
_MOST_PAIRS = 100
"""Pairs of a model and a sample whose energy is asked for."""
_DEEPEST = 4
"""Levels of lists and mappings that are looked into."""
_SHORT = 60
"""Characters of a value that is told."""

_INDICES = re.compile(r"-?\d{1,10}(?:,-?\d{1,10}){0,3}")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_USAGE = re.compile(r"\w+\(([^)]*)\)")

_ABSENT = object()
"""Where one of two lists or mappings has nothing."""

Ask = Callable[[], object]
"""Called now and then; raises to give up."""

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that holds something else on the other machine."""

    place: str
    a: str
    b: str
    values: tuple[Json, Json] = (None, None)
    """For scripts: integers as they are, anything else as text, None for what is unset."""


def state_differences(a: Machine, b: Machine, edited: Sequence[Place] = ()) -> Iterator[Difference]:
    """What there is to see that differs, `edited` places too if they cannot be seen."""
    seen: set[str] = set()
    for found in chain(_statuses(a, b), _cells(a, b), _hidden_regions(a, b), _meters(a, b)):
        seen.add(found.place.partition("[")[0].partition(".")[0])
        yield found
    for place in dict.fromkeys(edited):
        if place.name not in seen:
            yield from _values(a, b, place)


def output_differences(a: Machine, b: Machine) -> Iterator[Difference]:
    """Outputs that differ."""
    return _cells(a, b, lambda name: name == "out")


def energy_differences(a: Machine, b: Machine, ask: Ask) -> Iterator[Difference]:
    """Energies that differ, of the models and samples the program has made, as far as either machine knows energies."""
    usage = _USAGE.fullmatch(a.functions().get("energy", ""))
    if usage is None:
        return
    kinds = [word.strip() for word in usage[1].split(",")]
    if len(kinds) != 2:
        return
    left, right = _made(a, kinds), _made(b, kinds)
    told: set[tuple[int, int, int, int]] = set()
    pairs = dict.fromkeys((m, s) for made in (left, right) for m in made[0] for s in made[1])
    for model, sample in islice(pairs, _MOST_PAIRS):
        ask()
        mine = left[0].get(model), left[1].get(sample)
        other = right[0].get(model), right[1].get(sample)
        same = (id(mine[0]), id(mine[1]), id(other[0]), id(other[1]))
        if same not in told:  # one model may be in a register and an output
            told.add(same)
            yield from _told(f"energy({model}, {sample})", a, b, _energy(a, mine), _energy(b, other))


def meter_differences(a: Machine, b: Machine) -> Iterator[Difference]:
    """What was metered, where it differs."""
    return (found for found in _meters(a, b) if not found.place.endswith(".limit"))


def short(text: str, most: int = _SHORT) -> str:
    """A text that fits into a table, without control characters."""
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= most else text[: most - 1] + "…"


def plain(machine: Machine, value: Value) -> Json:
    """A value for scripts: an integer, a short text, or None."""
    return value if value is None or isinstance(value, int) else short(machine.text(value))


# Kinds of differences


def _statuses(a: Machine, b: Machine) -> Iterator[Difference]:
    mine, other = _status(a), _status(b)
    if mine != other:
        yield Difference("status", mine, other, (mine, other))


def _status(machine: Machine) -> str:
    return machine.status.value if machine.fault is None else f"fault {machine.fault.code}"


def _meters(a: Machine, b: Machine) -> Iterator[Difference]:
    others = {meter.name: meter for meter in b.meters()}
    for meter in a.meters():
        other = others.get(meter.name, meter)
        yield from _spent(meter.name, meter.used, other.used)
        yield from _spent(f"{meter.name}.limit", meter.limit, other.limit)


def _spent(name: str, x: int | None, y: int | None) -> Iterator[Difference]:
    """Amounts are told as numbers, whatever a machine writes its own in."""
    if x != y:
        mine, other = ("unlimited" if each is None else str(each) for each in (x, y))
        yield Difference(name, mine, other, (x, y))


def _cells(a: Machine, b: Machine, wanted: Callable[[str], bool] | None = None) -> Iterator[Difference]:
    """Cells that show something else; of structured values the parts that differ."""
    for view in a.views():
        mine = {cell.name: cell for cell in a.cells(view.id)}
        others = {cell.name: cell for cell in b.cells(view.id)}
        for name in dict.fromkeys((*mine, *others)):
            if wanted is not None and not wanted(_base(name)):
                continue
            x, y = mine.get(name, _unset(a, name)), others.get(name, _unset(b, name))
            if x.text != y.text or (x.value is not y.value and x.value != y.value):
                yield from _inside(a, b, x, y)


def _unset(machine: Machine, name: str) -> Cell:
    return Cell(name, machine.text(None), "unset")


def _base(name: str) -> str:
    """The name of the place a cell is."""
    try:
        return Place.parse(name).name
    except PlaceError:
        return ""


def _inside(a: Machine, b: Machine, x: Cell, y: Cell) -> Iterator[Difference]:
    """The parts of two cells' values that differ; the cells themselves where there are none to tell apart."""
    try:
        place = Place.parse(x.name)
        mine, other = a.to_json(a.get(place)), b.to_json(b.get(place))
    except PlaceError:
        place, mine, other = Place(""), None, None
    if _alike(mine, other) and mine != other:
        yield from _parts(a, b, place, mine, other)
    else:
        values = plain(a, x.value), plain(b, y.value)
        yield Difference(x.name, short(x.text), short(y.text), values)


def _alike(mine: Json, other: Json) -> bool:
    """Whether two values are made the same way, so that they can be told part by part."""
    if isinstance(mine, dict) and isinstance(other, dict):
        return mine.keys() == other.keys()
    return isinstance(mine, list) and isinstance(other, list)


def _parts(a: Machine, b: Machine, place: Place, mine: Json, other: Json) -> Iterator[Difference]:
    found = _leaves(mine, other, ())
    for path, x, y in islice(found, MOST_PARTS):
        part = _part_of(a, b, place, path)
        if part is None:
            name = str(place) + "".join(f".{step}" for step in path)
            yield Difference(name, short(_leaf(a, x)), short(_leaf(b, y)), (_scalar(x), _scalar(y)))
        else:
            yield Difference(str(part), *_texts(a, b, part))
    if more := sum(1 for _ in found):
        yield Difference(f"{place} …", f"{more:,} more parts differ", "")


def _leaves(x: Json, y: Json, path: _Path) -> Iterator[tuple[_Path, Json, Json]]:
    """Where two JSON values differ, as deep down as can be."""
    if x == y:
        return
    if len(path) < _DEEPEST and isinstance(x, dict) and isinstance(y, dict):
        for key in dict.fromkeys((*x, *y)):
            yield from _leaves(x.get(key, _ABSENT), y.get(key, _ABSENT), (*path, str(key)))
    elif len(path) < _DEEPEST and isinstance(x, list) and isinstance(y, list):
        for at in range(max(len(x), len(y))):
            mine, other = x[at] if at < len(x) else _ABSENT, y[at] if at < len(y) else _ABSENT
            yield from _leaves(mine, other, (*path, at))
    else:
        yield path, x, y


def _part_of(a: Machine, b: Machine, place: Place, path: _Path) -> Place | None:
    """The place a path through JSON leads to; None if neither machine knows it as one."""
    steps = [_step(step) for step in path]
    indices = tuple(step for step in steps if isinstance(step, tuple))
    focus = _focus(a, place, indices) or _focus(b, place, indices)
    if focus is not None:
        return focus
    for chosen in (steps, indices):  # values of a sample are elements of it
        part = Place(place.name, (*place.path, *chosen))
        if chosen and (_has(a, part) or _has(b, part)):
            return part
    return None


def _step(step: str | int) -> Selector:
    if isinstance(step, int):
        return (step,)
    if _INDICES.fullmatch(step):
        return tuple(int(index) for index in step.split(","))
    return step if _WORD.fullmatch(step) else f"_{step[:20]!a}"


def _focus(machine: Machine, place: Place, indices: tuple[tuple[int, ...], ...]) -> Place | None:
    """What a matrix calls its cell, or that of its head; one that is no region takes the word of one that is."""
    if len(indices) != 1 or not 1 <= len(indices[0]) <= 2:
        return None
    row, col = (-1, indices[0][0]) if len(indices[0]) == 1 else (indices[0][0], indices[0][1])
    grids = [region for region in machine.regions() if region.upper and max(row, col) < region.cols]
    region = next((region for region in grids if region.name == str(place)), grids[0] if grids else None)
    cell = None if region is None else _cell_place(machine, region, row, col)
    if cell is None or region is None:
        return None
    part = Place(place.name, (*place.path, *cell.path[len(Place.parse(region.name).path) :]))
    return part if _has(machine, part) else None


def _cell_place(machine: Machine, region: Region, row: int, col: int) -> Place | None:
    try:
        name = machine.window(region.name, Frame(max(row, 0), col, cursor=(row, col))).focus_place
        return Place.parse(name) if name else None
    except PlaceError:
        return None


def _hidden_regions(a: Machine, b: Machine) -> Iterator[Difference]:
    """Regions that no cell stands for, cell by cell."""
    shown = {cell.name for machine in (a, b) for view in machine.views() for cell in machine.cells(view.id)}
    shown |= {_base(name) for name in shown}
    others = {region.name: region for region in b.regions() if region.name not in shown}
    mine = {region.name: region for region in a.regions() if region.name not in shown}
    for name in dict.fromkeys((*mine, *others)):
        x, y = mine.get(name), others.get(name)
        if x is None or y is None or (x.rows, x.cols) != (y.rows, y.cols):
            first, second = ("unset" if region is None else short(region.title) for region in (x, y))
            yield Difference(name, first, second, (first, second))
        elif x.rows * x.cols <= _MOST_CELLS:
            yield from _region(a, b, x)
        elif x.title != y.title:
            yield Difference(name, short(x.title), short(y.title), (x.title, y.title))


def _region(a: Machine, b: Machine, region: Region) -> Iterator[Difference]:
    found = (
        Difference(str(place or region.name), a.text(x), b.text(y), (x, y))
        for row, col, x, y in _unequal(a, b, region)
        for place in [_cell_place(a, region, row, col)]
    )
    yield from islice(found, MOST_PARTS)
    if more := sum(1 for _ in found):
        yield Difference(f"{region.name} …", f"{more:,} more cells differ", "")


def _unequal(a: Machine, b: Machine, region: Region) -> Iterator[tuple[int, int, int | None, int | None]]:
    for row in range(0, region.rows, _BLOCK):
        for col in range(0, region.cols, _BLOCK):
            frame = Frame(row, col, min(_BLOCK, region.rows - row), min(_BLOCK, region.cols - col))
            mine, other = a.window(region.name, frame), b.window(region.name, frame)
            if row == 0 and region.head:
                yield from _unequal_row(mine.head, other.head, -1, col)
            for down, (xs, ys) in enumerate(zip(mine.cells, other.cells, strict=True)):
                yield from _unequal_row(xs, ys, row + down, col)


def _unequal_row(
    xs: Sequence[int | None], ys: Sequence[int | None], row: int, col: int
) -> Iterator[tuple[int, int, int | None, int | None]]:
    return ((row, col + at, x, y) for at, (x, y) in enumerate(zip(xs, ys, strict=True)) if x != y)


# Values


def _values(a: Machine, b: Machine, place: Place) -> Iterator[Difference]:
    return _told(str(place), a, b, _get(a, place), _get(b, place))


def _told(name: str, a: Machine, b: Machine, x: Value, y: Value) -> Iterator[Difference]:
    if x is not y and x != y:
        yield Difference(name, short(a.text(x)), short(b.text(y)), (plain(a, x), plain(b, y)))


def _texts(a: Machine, b: Machine, place: Place) -> tuple[str, str, tuple[Json, Json]]:
    x, y = _get(a, place), _get(b, place)
    return short(a.text(x)), short(b.text(y)), (plain(a, x), plain(b, y))


def _leaf(machine: Machine, leaf: Json) -> str:
    return machine.text(None) if leaf is _ABSENT or leaf is None else str(leaf)


def _scalar(leaf: Json) -> Json:
    return leaf if isinstance(leaf, int | str) else None


def _has(machine: Machine, place: Place) -> bool:
    try:
        machine.get(place)
    except PlaceError:
        return False
    return True


def _get(machine: Machine, place: Place) -> Value:
    """What a place holds; None if there is none."""
    try:
        return machine.get(place)
    except PlaceError:
        return None


_Made = tuple[dict[str, Value], dict[str, Value]]
"""Values of either kind by place."""


def _made(machine: Machine, kinds: Sequence[str]) -> _Made:
    """The values of two kinds that the program holds; what the host gave it is not its own work."""
    cells = [cell for view in machine.views() for cell in machine.cells(view.id) if _base(cell.name) != "in"]
    first, second = ({cell.name: cell.value for cell in cells if cell.kind == kind} for kind in kinds)
    return first, second


def _energy(machine: Machine, arguments: tuple[Value, Value]) -> Value:
    """The energy of a model and a sample; None if they have none."""
    if arguments[0] is None or arguments[1] is None:
        return None
    try:
        return machine.call("energy", arguments)
    except PlaceError:
        return None
