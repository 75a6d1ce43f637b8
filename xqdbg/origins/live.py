"""Places whose value still matters, while a run is gone through backward."""

from __future__ import annotations

from vm.contract import Place, Span, Write
from xqdbg.origins.places import Path, covers
from xqdbg.probe import overlap

_MOST_SINGLE = 256
"""Elements of a span that are told apart."""


class _Named:
    """Those of one name."""

    __slots__ = ("deepest", "paths", "spanned")

    def __init__(self) -> None:
        self.paths: set[Path] = set()
        self.deepest = 0
        self.spanned = False
        """Whether there is, or was, a span among them."""

    def add(self, path: Path) -> None:
        self.paths.add(path)
        self.deepest = max(self.deepest, len(path))
        self.spanned = self.spanned or _is_spanned(path)

    def met_by(self, write: Write) -> bool:
        """Whether a write is one to any of them, to a part of one, or to a whole of which one is a part."""
        path = write.place.path
        paths = self.paths
        if path in paths or () in paths or (len(path) > 1 and any(path[:at] in paths for at in range(1, len(path)))):
            return True
        if self.deepest <= len(path) and not self.spanned and not _is_spanned(path):
            return False
        return any(overlap(write.place, Place(write.place.name, other)) for other in self.paths)

    def drop(self, path: Path) -> None:
        """Forget those that lie within a path."""
        if self.deepest <= len(path) and not _is_spanned(path):
            self.paths.discard(path)
        else:
            self.paths = {other for other in self.paths if not covers(path, other)}


class Live:
    """A set of places that knows which writes concern it."""

    def __init__(self) -> None:
        self._by_name: dict[str, _Named] = {}
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        if self._names is None:
            self._names = frozenset(self._by_name)
        return self._names

    def add(self, place: Place) -> None:
        """From here on back, the value of this place matters."""
        named = self._by_name.get(place.name)
        if named is None:
            named = self._by_name[place.name] = _Named()
            self._names = None
        for path in _single(place.path):
            named.add(path)

    def met_by(self, write: Write) -> bool:
        """Whether a write is one to any of them, to a part of one, or to a whole of which one is a part."""
        named = self._by_name.get(write.place.name)
        return named is not None and named.met_by(write)

    def drop(self, place: Place) -> None:
        """Before this, what the place and its parts held does not matter."""
        named = self._by_name.get(place.name)
        if named is None:
            return
        named.drop(place.path)
        if not named.paths:
            del self._by_name[place.name]
            self._names = None


def _is_spanned(path: Path) -> bool:
    return any(isinstance(step, Span) for step in path)


def _single(path: Path) -> tuple[Path, ...]:
    """The paths of the elements, if it ends in a span of not too many."""
    last = path[-1] if path else None
    if not isinstance(last, Span) or last.count > _MOST_SINGLE:
        return (path,)
    return tuple((*path[:-1], (index,)) for index in range(last.start, last.start + last.count))
