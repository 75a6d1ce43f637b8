"""Who waits for something that may take long: whether they still do, and whom to tell what there is so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from vm.values import dataclass
from xqdbg.answer import Answer

Cancelled: TypeAlias = Callable[[], bool]
"""Asked between slices of work whether to give up."""

Progress: TypeAlias = Callable[[int], object]
"""Told between slices of work at which tick the work is."""

Answered: TypeAlias = Callable[[Answer], object]
"""Told what an answer is so far, while more of it is being found."""


def never() -> bool:
    """The answer of a caller who always waits to the end."""
    return False


def unheard(_news: object) -> None:
    """News nobody asked for."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody waits, and what they are told meanwhile."""

    cancelled: Cancelled = never
    progress: Progress = unheard
    answered: Answered = unheard


ENDLESS = Patience()
"""Somebody who waits to the end and wants to be told nothing before."""
