"""The engine thread: jobs in, moments out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from time import monotonic
from typing import TypeAlias

from xqdbg.answer import Answer
from xqdbg.moment import Moment
from xqdbg.patience import Answered, Patience, Progress, unheard
from xqdbg.session import Session

Job: TypeAlias = Callable[[Session, Patience], Moment]
"""Something to do to the session, for somebody who may stop waiting and wants to be told how far it is."""

_REPORT_SECONDS = 0.03
"""Between two reports of progress, so that a face is not flooded."""

_IDLE_SLICE = 0.008
"""Seconds of exploring between two looks at the queue: the longest a job waits for that."""

_IDLE_WAIT = 0.05
"""Seconds without a job before exploring goes on, so that it does not come between two keys."""

_NEWS_SECONDS = 0.2
"""Between two moments that only tell how far exploring is."""


@dataclass(frozen=True, slots=True)
class _Queued:
    job: Job
    cancel: Event = field(default_factory=Event)


class Host:
    """Runs jobs on a session, one at a time and in order, tells what each came to, and explores the run meanwhile.

    A face must not touch the session after handing it over. `arrived`, `failed`, `progress` and `answered`
    are called on the host's thread: post a message from them, no more, and never wait there for
    the face's own thread, which may be waiting in `close`. `failed` gets an
    XqdbgError for a request that cannot be met, any other exception for a bug.
    """

    def __init__(
        self,
        session: Session,
        arrived: Callable[[Moment], object],
        failed: Callable[[Exception], object],
        progress: Progress = unheard,
        answered: Answered = unheard,
    ) -> None:
        self._session = session
        self._arrived, self._failed, self._progress, self._answered = arrived, failed, progress, answered
        self._exploring = True
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
                moment = queued.job(self._session, Patience(queued.cancel.is_set, self._paced(), self._tell))
            except Exception as error:  # the boundary: no job may kill the engine's thread
                self._done()
                self._failed(error)
            else:
                self._done()
                self._arrived(moment)
            self._exploring = True  # a job may have made a branch

    def _next(self) -> _Queued | None:
        """The next job, waited for; the run is explored while there is none. None once closed."""
        with self._changed:
            if self._exploring:
                self._changed.wait_for(lambda: self._closing or self._queue, _IDLE_WAIT)
        self._explore()
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._queue)
            if self._closing:
                self._queue.clear()
                return None
            return self._queue[0]

    def _explore(self) -> None:
        told, shown = monotonic(), self._session.moment
        while self._exploring and not self._waiting():
            try:
                self._exploring = self._session.explore(_IDLE_SLICE, self._waiting)
            except Exception as error:  # the same boundary
                self._exploring = False
                self._failed(error)
                return
            news = self._session.moment is not shown
            if news and (not self._exploring or monotonic() - told >= _NEWS_SECONDS):
                told, shown = monotonic(), self._session.moment
                self._arrived(shown)

    def _waiting(self) -> bool:
        with self._changed:
            return self._closing or bool(self._queue)

    def _tell(self, answer: Answer) -> None:
        self._answered(answer)

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
