"""The engine thread: jobs in, moments out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from time import monotonic
from typing import TypeAlias

from xqdbg.moment import Moment
from xqdbg.session import Session
from xqdbg.timeline import Cancelled

Progress: TypeAlias = Callable[[int], object]
"""Told now and then at which tick a long job is."""

Job: TypeAlias = Callable[[Session, Cancelled, Progress], Moment]
"""Something to do to the session, given a test for "stop now" and whom to tell how far it is."""

_REPORT_SECONDS = 0.03
"""Between two reports of progress, so that a face is not flooded."""


@dataclass(frozen=True, slots=True)
class _Queued:
    job: Job
    cancel: Event = field(default_factory=Event)


def _unheard(_tick: int) -> None:
    """Progress nobody asked for."""


class Host:
    """Runs jobs on a session, one at a time and in order, and tells what each came to.

    A face must not touch the session after handing it over. `arrived`, `failed` and `progress`
    are called on the host's thread: post a message from them, no more, and never wait there for
    the face's own thread, which may be waiting in `close`. `failed` gets an
    XqdbgError for a request that cannot be met, any other exception for a bug.
    """

    def __init__(
        self,
        session: Session,
        arrived: Callable[[Moment], object],
        failed: Callable[[Exception], object],
        progress: Progress = _unheard,
    ) -> None:
        self._session = session
        self._arrived, self._failed, self._progress = arrived, failed, progress
        self._queue: deque[_Queued] = deque()
        self._changed = Condition()
        self._closing = False
        self._thread = Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job is running or waiting."""
        with self._changed:
            return bool(self._queue)

    def submit(self, job: Job, *, interrupt: bool = False) -> None:
        """Queue a job; with `interrupt`, ask the one that is running to stop first. Ignored once closed."""
        with self._changed:
            if self._closing:
                return
            if interrupt and self._queue:
                self._queue[0].cancel.set()
            self._queue.append(_Queued(job))
            self._changed.notify_all()

    def pause(self) -> None:
        """Ask the job that is running, or is next to run, to stop. Those behind it still run."""
        with self._changed:
            if self._queue:
                self._queue[0].cancel.set()

    def close(self) -> None:
        """Stop the job that runs, drop those behind it, end the thread. May be called again."""
        with self._changed:
            self._closing = True
            if self._queue:
                self._queue[0].cancel.set()
            self._changed.notify_all()
        self._thread.join()

    def _serve(self) -> None:
        while (queued := self._next()) is not None:
            try:
                moment = queued.job(self._session, queued.cancel.is_set, self._paced())
            except Exception as error:  # the boundary: no job may kill the engine's thread
                self._done()
                self._failed(error)
            else:
                self._done()
                self._arrived(moment)

    def _next(self) -> _Queued | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._queue)
            if self._closing:
                self._queue.clear()
                return None
            return self._queue[0]

    def _done(self) -> None:
        with self._changed:
            self._queue.popleft()

    def _paced(self) -> Progress:
        """Progress, at most every so many seconds."""
        last = monotonic()

        def report(tick: int) -> None:
            nonlocal last
            if (now := monotonic()) - last >= _REPORT_SECONDS:
                last = now
                self._progress(tick)

        return report
