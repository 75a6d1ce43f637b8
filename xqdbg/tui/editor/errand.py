"""Questions about the text, answered on one thread beside the one that draws."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread

from vm.values import dataclass

Ask = Callable[[], object]
"""Finds out something; it may take long, and knows nothing of the face."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an errand."""

    kind: str
    ticket: int
    """What it was asked under."""
    result: object
    """An exception where it failed."""


class Errands:
    """Runs one errand at a time; of each kind only the latest that waits, those of the kinds named first before others.

    `done` is called on the thread that runs them: post a message from it, no more.
    """

    def __init__(self, kinds: tuple[str, ...], done: Callable[[Answered], object]) -> None:
        self._kinds, self._done = kinds, done
        self._waiting: dict[str, tuple[int, Ask]] = {}
        self._tickets = 0
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def ask(self, kind: str, ask: Ask) -> int:
        """Have something found out, instead of what waits of that kind; returns its ticket. Ignored once closed."""
        with self._changed:
            self._tickets += 1
            if self._closed:
                return self._tickets
            self._waiting[kind] = self._tickets, ask
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="errands", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return self._tickets

    def close(self) -> None:
        """Drop what waits; what runs is not waited for, and its answer not told."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _serve(self) -> None:
        while (errand := self._next()) is not None:
            kind, ticket, ask = errand
            try:
                result = ask()
            except Exception as error:  # the boundary: no errand may kill the thread
                result = error
            with self._changed:
                told = not self._closed
            if told:
                self._done(Answered(kind, ticket, result))

    def _next(self) -> tuple[str, int, Ask] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            kind = next(kind for kind in self._kinds if kind in self._waiting)
            return kind, *self._waiting.pop(kind)
