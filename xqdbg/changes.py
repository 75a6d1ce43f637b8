"""What differs between two moments, by the names of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vm.contract import Cell, Effect, Write
from xqdbg.kinds import NOTHING

END_WRITES = 2_000
"""Writes looked at from either end of an instruction's; those in between are more of the same large value."""


def changed_names(
    before: Mapping[str, Sequence[Cell]], now: Mapping[str, Sequence[Cell]], effect: Effect | None
) -> frozenset[str]:
    """Names of cells that are new and set, that differ, or were written by the one instruction in between.

    A view whose cells are the very ones of before has not changed.
    """
    written = _written(effect)
    names: set[str] = set()
    for view, cells in now.items():
        if cells is before.get(view):
            continue
        old = {cell.name: cell for cell in before.get(view, ())}
        for cell in cells:
            if cell.name in written or _differs(old.get(cell.name), cell):
                names.add(cell.name)
    return frozenset(names)


def _differs(old: Cell | None, new: Cell) -> bool:
    """Whether a cell shows something else; large values rebuilt by a replay are compared by content."""
    if old is None:
        return new.kind not in NOTHING
    if old.text != new.text or old.kind != new.kind:
        return True
    return old.value is not new.value and old.value != new.value


def _written(effect: Effect | None) -> set[str]:
    """The names a cell that was written can have: `r0` for `r0.linear[2]`, `stack` and `stack[2]` for `stack[2]`."""
    names: set[str] = set()
    for write in _ends(effect.writes) if effect is not None else ():
        place = write.place
        names.add(place.name)
        if place.path and isinstance(index := place.path[0], tuple):
            names.add(f"{place.name}[{','.join(map(str, index))}]")
    return names


def _ends(writes: Sequence[Write]) -> Iterator[Write]:
    """The first writes and the last ones, one by one: making all of very many would take seconds."""
    head = min(len(writes), END_WRITES)
    yield from map(writes.__getitem__, range(head))
    yield from map(writes.__getitem__, range(max(head, len(writes) - END_WRITES), len(writes)))
