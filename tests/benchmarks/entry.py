"""What a benchmark found, and the few ways of measuring it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Entry:
    """One measured quantity, against its goal if there is one."""

    name: str
    value: float | None
    """None where nothing could be measured; `note` says why."""
    unit: str
    at_most: float | None = None
    """The goal of a quantity that should be small."""
    at_least: float | None = None
    """The goal of a quantity that should be large."""
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    """What else was measured on the way, JSON values."""

    @property
    def goal(self) -> str:
        """The goal as text; empty for a quantity that is for information."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is no goal or no value."""
        if self.value is None or not self.goal:
            return None
        return self.value <= self.at_most if self.at_most is not None else self.value >= (self.at_least or 0)

    def json(self) -> dict[str, Any]:
        """One object of the report."""
        value = None if self.value is None else float(f"{self.value:.5g}")
        found: dict[str, Any] = {"name": self.name, "value": value, "unit": self.unit, "goal": self.goal or None}
        found["met"] = self.met
        if self.note:
            found["note"] = self.note
        return found | self.detail


def skipped(name: str, unit: str, reason: str) -> Entry:
    """An entry without a value."""
    return Entry(name, None, unit, note=f"skipped: {reason}")


def percentile(values: Iterable[float], percent: float) -> float:
    """The value that `percent` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, p95 and extreme of some durations."""
    return {
        "p50_ms": round(percentile(milliseconds, 50), 3),
        "p95_ms": round(percentile(milliseconds, 95), 3),
        "max_ms": round(max(milliseconds), 3),
        "samples": len(milliseconds),
    }


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """Seconds something took, and what came of it."""
    began = perf_counter()
    made = work()
    return perf_counter() - began, made


def milliseconds(work: Callable[[], object]) -> float:
    """Milliseconds something took."""
    return timed(work)[0] * 1000


def told(line: str) -> None:
    """Say on standard error what is being measured."""
    print(line, file=sys.stderr, flush=True)


def table(entries: Sequence[Entry]) -> str:
    """All entries for people, one a line."""
    rows = [(entry.name, _number(entry.value), entry.unit, entry.goal, _verdict(entry)) for entry in entries]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n".join(
        f"{name:{widths[0]}}  {value:>{widths[1]}} {unit:{widths[2]}}  {goal:{widths[3]}}  {verdict}".rstrip()
        for name, value, unit, goal, verdict in rows
    )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _verdict(entry: Entry) -> str:
    verdict = {True: "met", False: "MISSED", None: ""}[entry.met]
    return f"{verdict}  {entry.note}".strip()
