"""Moments made by hand, for panes mounted alone."""

from __future__ import annotations

from typing import Any

from vm.contract import Status
from vm.faults import FaultReport
from xqdbg.moment import Moment


def moment(**fields: Any) -> Moment:
    """A moment that is ordinary except for what is given."""
    ordinary: dict[str, Any] = {
        "revision": 1, "tick": 0, "furthest": 0, "ended": False, "pc": 0, "status": Status.READY,
    }  # fmt: skip
    return Moment(**{**ordinary, **fields})


def fault(pc: int = 0, message: str = "DivideByZero (dividend=5)") -> FaultReport:
    """A fault at an address."""
    return FaultReport(
        "DivideByZero", "DIVIDE_BY_ZERO", message, "The divisor was 0. Look at what was loaded before.", pc
    )
