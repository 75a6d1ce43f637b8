"""The engine thread. Tests wait for what the host tells, never for a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue
from threading import Event, current_thread

import pytest

from tests.support.toy import toy_machine
from tests.support.toy.programs import ENDLESS
from vm.contract import Frame
from xqdbg.errors import XqdbgError
from xqdbg.host import Host, Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session

PATIENCE = 20


class Face:
    """Hears what a host tells."""

    def __init__(self) -> None:
        self.moments: Queue[Moment] = Queue()
        self.failures: Queue[Exception] = Queue()
        self.progress: Queue[int] = Queue()
        self.threads: set[str] = set()
        self.host = Host(Session(toy_machine(ENDLESS)), self.arrived, self.failures.put, self.progress.put)

    def arrived(self, moment: Moment) -> None:
        self.threads.add(current_thread().name)
        self.moments.put(moment)

    def moment(self) -> Moment:
        return self.moments.get(timeout=PATIENCE)


@pytest.fixture
def face() -> Iterator[Face]:
    face = Face()
    yield face
    face.host.close()


def step(session: Session, patience: Patience) -> Moment:
    return session.step(1, patience)


def run(session: Session, patience: Patience) -> Moment:
    return session.proceed(1, patience)


def gate(entered: Event, leave: Event) -> Job:
    """A job that waits, whatever it is told."""

    def job(session: Session, _patience: Patience) -> Moment:
        entered.set()
        leave.wait(PATIENCE)
        return session.say("through")

    return job


def failing(error: Exception) -> Job:
    def job(_session: Session, _patience: Patience) -> Moment:
        raise error

    return job


def test_rapid_steps_are_all_executed_in_order(face: Face) -> None:
    for _ in range(200):
        face.host.submit(step)
    moments = [face.moment() for _ in range(200)]
    assert [moment.tick for moment in moments] == list(range(1, 201))
    assert face.threads == {"engine"}


def test_pause_stops_the_job_that_runs_and_no_other(face: Face) -> None:
    face.host.submit(run)
    assert face.progress.get(timeout=PATIENCE) > 0
    face.host.submit(step)
    face.host.submit(step)
    face.host.pause()
    paused, first, second = face.moment(), face.moment(), face.moment()
    assert paused.message == "paused"
    assert [first.tick - paused.tick, second.tick - paused.tick] == [1, 2]


def test_pause_reaches_a_job_that_was_only_just_submitted(face: Face) -> None:
    face.host.submit(run)
    face.host.pause()
    assert face.moment().message == "paused"


def test_pause_without_a_job_spoils_nothing(face: Face) -> None:
    face.host.pause()
    face.host.submit(step)
    assert (face.moment().tick, face.moments.empty()) == (1, True)


def test_an_interrupting_job_cancels_only_what_runs(face: Face) -> None:
    entered, leave = Event(), Event()
    seen: list[bool] = []

    def asked(session: Session, patience: Patience) -> Moment:
        seen.append(patience.cancelled())
        return session.say("asked")

    face.host.submit(gate(entered, leave))
    assert entered.wait(PATIENCE)
    face.host.submit(asked)
    face.host.submit(asked, interrupt=True)
    leave.set()
    assert [face.moment().message for _ in range(3)] == ["through", "asked", "asked"]
    assert seen == [False, False]
    face.host.submit(run)
    face.host.submit(step, interrupt=True)
    assert face.moment().message == "paused"
    assert face.moment().message == ""


@pytest.mark.parametrize("error", [XqdbgError("no", "yes"), ZeroDivisionError("bug"), RecursionError("deep")])
def test_a_failure_is_told_and_the_thread_goes_on(face: Face, error: Exception) -> None:
    face.host.submit(failing(error))
    face.host.submit(step)
    assert face.failures.get(timeout=PATIENCE) is error
    assert face.moment().tick == 1


def test_busy_until_the_last_job_is_done(face: Face) -> None:
    entered, leave = Event(), Event()
    seen = [face.host.busy]
    face.host.submit(gate(entered, leave))
    assert entered.wait(PATIENCE)
    seen.append(face.host.busy)
    leave.set()
    face.moment()
    seen.append(face.host.busy)
    assert seen == [False, True, False]


def test_looking_is_a_job_like_others(face: Face) -> None:
    face.host.submit(lambda session, _patience: session.look("grid", Frame(0, 0, 2, 2)))
    assert face.moment().windows["", "grid"].cells == ((None, None), (None, None))


def idle(_face: Face) -> None:
    """Nothing runs."""


def running(face: Face) -> None:
    """A job runs that would never end."""
    face.host.submit(run)
    face.progress.get(timeout=PATIENCE)


@pytest.mark.parametrize("prepare", [idle, running])
def test_close_ends_the_thread_whatever_runs(prepare: Callable[[Face], None]) -> None:
    face = Face()
    prepare(face)
    face.host.submit(step)
    face.host.close()
    told = face.moments.qsize()
    face.host.submit(step)
    face.host.pause()
    face.host.close()
    assert not face.host.busy
    assert face.moments.qsize() == told, "nothing is obeyed after the end"
