"""Replays of branches that are nobody else's, so that whoever looks at other moments leaves the user's where it is."""

from __future__ import annotations

from vm.contract import Machine
from xqdbg.branches import Branches
from xqdbg.patience import ENDLESS, Patience
from xqdbg.timeline import Timeline


class Visitor:
    """Brings machines of any branch to any tick, one replay a branch."""

    def __init__(self, branches: Branches, patience: Patience = ENDLESS) -> None:
        self._branches = branches
        self._patience = patience
        self._replays: dict[str, Timeline] = {}

    def __call__(self, branch: str, tick: int) -> Machine:
        """The machine at a tick, or at the end if that comes first; XqdbgError if there is no such branch."""
        replay = self._replays.get(branch)
        if replay is None:
            replay = self._replays[branch] = self._branches.find(branch).scout()
        replay.seek(tick, self._patience.cancelled)
        return replay.machine
