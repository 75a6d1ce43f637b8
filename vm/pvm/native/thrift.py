"""When compiling pays: wherever a run ends, it must not have taken a tenth longer than interpreting alone."""

from __future__ import annotations

from math import inf

SHARE = 0.1
"""How much longer a run may take than it would with the interpreter alone, in parts of that time."""
FIRST_PATIENCE = 0.6
"""Seconds of interpreting before LLVM is loaded, which takes less than a tenth of it."""
PATIENCE = 0.02
"""Seconds of interpreting before something more is compiled."""


class Thrift:
    """What became of the seconds of the processor that a run has taken so far."""

    def __init__(self, *, eager: bool) -> None:
        """`eager` is to compile whatever it takes."""
        self._eager = eager
        self._interpreted = self._compiled = 0
        """Instructions that were executed in either way."""
        self._interpreting = self._running = self._compiling = 0.0
        """Seconds in the interpreter, in compiled code, and in compiling."""
        self._waiting = 0.0
        """Seconds in the interpreter since something was compiled."""
        self._patience = 0.0 if eager else FIRST_PATIENCE

    def interpreted(self, instructions: int, seconds: float) -> None:
        """Take note of what the interpreter did."""
        self._interpreted += instructions
        self._interpreting += seconds
        self._waiting += seconds

    def ran(self, instructions: int, seconds: float) -> None:
        """Take note of what compiled code did."""
        self._compiled += instructions
        self._running += seconds

    def due(self) -> bool:
        """Whether it is time to ask what could be compiled."""
        return self._waiting >= self._patience

    @property
    def allowed(self) -> float:
        """Seconds that compiling may take now."""
        if self._eager:
            return inf
        alone = self._interpreting
        if self._interpreted:
            alone *= (self._interpreted + self._compiled) / self._interpreted
        return (1 + SHARE) * alone - self._interpreting - self._running - self._compiling

    def compiled(self, seconds: float) -> None:
        """Take note of seconds in which something was compiled."""
        self._compiling += seconds
        self._waiting, self._patience = 0.0, PATIENCE

    def refused(self, seconds: float, needed: float) -> None:
        """Take note of seconds in which it was found that compiling takes too long yet, or that there is nothing to."""
        self._compiling += seconds
        waiting = self._waiting
        self._patience = max(waiting * 1.2, min((self._compiling + needed) / SHARE, waiting * 4), PATIENCE)

    def give_up(self) -> None:
        """Nothing can be compiled here."""
        self._patience = inf
