"""The writes to model coefficients, plain or observed.

Handlers write coefficients through one of these, which the machine picks before it runs: an
expansion that touches a coefficient twice is seen as two writes, and an unobserved run pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from vm.faults import Fault
from vm.xqvm.model import INT_MAX, INT_MIN, Model


class Coefficients:
    """Plain writes. Each returns the value before; the caller owns the model."""

    __slots__ = ()

    def set_linear(self, model: Model, i: int, value: int) -> int:
        """Set a linear coefficient."""
        old = model.linear.get(i, 0)
        model.put_line(i, value)
        return old

    def add_linear(self, model: Model, i: int, delta: int) -> int:
        """Add to a linear coefficient, checked against i64."""
        old = model.linear.get(i, 0)
        value = old + delta
        if not INT_MIN <= value <= INT_MAX:
            raise Fault("ArithmeticOverflow")
        model.put_line(i, value)
        return old

    def set_quad(self, model: Model, i: int, j: int, value: int) -> int:
        """Set a quadratic coefficient."""
        return model.put_pair(i, j, value)

    def add_quad(self, model: Model, i: int, j: int, delta: int) -> int:
        """Add to a quadratic coefficient, checked against i64."""
        return model.add_pair(i, j, delta)

    def grow(self, model: Model, size: int) -> int:
        """Append variables."""
        old, model.size = model.size, size
        return old


CoefficientWrite: TypeAlias = tuple[int, int, int, int]
"""The variables, value before, value after; one variable is (i, -1), the size of the model (-1, -1)."""

_ASKED_EVERY = 2_048
"""Writes between two questions whether to give up: about a millisecond."""


class GivenUp(Exception):
    """An instruction was left in the middle of its work; the machine must be brought back to where it was."""


class ObservedCoefficients(Coefficients):
    """Writes that are also listed, in order, zero deltas included."""

    __slots__ = ("_added", "writes")

    def __init__(self) -> None:
        self.writes: list[CoefficientWrite] = []
        self._added = False

    @property
    def read(self) -> list[CoefficientWrite]:
        """The writes that added to what was there; an instruction that grows the model does so first."""
        if not self._added:
            return []
        return self.writes[1:] if self.writes[0][0] < 0 else self.writes

    def set_linear(self, model: Model, i: int, value: int) -> int:
        old = super().set_linear(model, i, value)
        self.writes.append((i, -1, old, value))
        return old

    def add_linear(self, model: Model, i: int, delta: int) -> int:
        old = super().add_linear(model, i, delta)
        self._added = True
        self.writes.append((i, -1, old, old + delta))
        return old

    def set_quad(self, model: Model, i: int, j: int, value: int) -> int:
        old = model.put_pair(i, j, value)
        self.writes.append((i, j, old, value) if i <= j else (j, i, old, value))
        return old

    def add_quad(self, model: Model, i: int, j: int, delta: int) -> int:
        old = model.add_pair(i, j, delta)
        self._added = True
        self.writes.append((i, j, old, old + delta) if i <= j else (j, i, old, old + delta))
        return old

    def grow(self, model: Model, size: int) -> int:
        old = super().grow(model, size)
        self.writes.append((-1, -1, old, size))
        return old


class CancellableCoefficients(ObservedCoefficients):
    """The same for somebody who may stop waiting meanwhile: GivenUp then."""

    __slots__ = ("_cancelled",)

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        super().__init__()
        self._cancelled = cancelled

    def add_linear(self, model: Model, i: int, delta: int) -> int:
        self._ask()
        return super().add_linear(model, i, delta)

    def add_quad(self, model: Model, i: int, j: int, delta: int) -> int:
        self._ask()
        return super().add_quad(model, i, j, delta)

    def _ask(self) -> None:
        if len(self.writes) % _ASKED_EVERY == _ASKED_EVERY - 1 and self._cancelled():
            raise GivenUp
