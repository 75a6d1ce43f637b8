"""What differs between two moments, by the names of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vm.contract import Cell, Effect, Place


def changed_names(
    before: Mapping[str, Sequence[Cell]], now: Mapping[str, Sequence[Cell]], effect: Effect | None
) -> frozenset[str]:
    """Names of cells that are new and set, that differ, or were written by the one instruction in between."""
    written = _touched(effect)
    names: set[str] = set()
    for view, cells in now.items():
        old = {cell.name: cell for cell in before.get(view, ())}
        for cell in cells:
            if cell.name in written or _differs(old.get(cell.name), cell):
                names.add(cell.name)
    return frozenset(names)


def _differs(old: Cell | None, new: Cell) -> bool:
    """Whether a cell shows something else; large values rebuilt by a replay are compared by content."""
    if old is None:
        return new.kind != "unset"
    if old.text != new.text or old.kind != new.kind:
        return True
    return old.value is not new.value and old.value != new.value


def _touched(effect: Effect | None) -> set[str]:
    """Every name a written place goes by: `r0.linear[2]` is also `r0.linear` and `r0`."""
    names: set[str] = set()
    for place in (write.place for write in effect.writes) if effect is not None else ():
        names.update(_prefixes(place))
    return names


def _prefixes(place: Place) -> Iterable[str]:
    return (str(Place(place.name, place.path[:length])) for length in range(len(place.path) + 1))
