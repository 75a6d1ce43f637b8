"""Values an XQVM register can hold besides integers: vectors, models and samples (XQVM reference, section 1).

Vectors, models and samples are shared between registers, outputs and checkpoints and copied on
the first write. Each carries the token of the one machine state that may write it in place; a
model copies its quadratic terms row by row, so a checkpoint of a large model costs what changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, overload

from vm.faults import Fault
from vm.values import dataclass

INT_MIN = -(1 << 63)
INT_MAX = (1 << 63) - 1
U64_MAX = (1 << 64) - 1
SIZE_MAX = (1 << 32) - 1

_ENTRY = 64
"""Estimate of the memory one dictionary entry takes, in bytes."""


def checked(value: int) -> int:
    """The value, if it fits in i64; a fault otherwise (section 1.7)."""
    if not INT_MIN <= value <= INT_MAX:
        raise Fault("ArithmeticOverflow")
    return value


@dataclass(frozen=True, slots=True)
class Domain:
    """The values a variable may take."""

    name: str
    """`binary`, `spin` or `integer`."""
    k: int | None = None
    """For `integer`: the values are 0 to k - 1."""

    @property
    def initial(self) -> int:
        """The value of a newly allocated sample element."""
        return -1 if self.name == "spin" else 0

    def __contains__(self, value: int) -> bool:
        if self.name == "binary":
            return value == 0 or value == 1
        if self.name == "spin":
            return value == 1 or value == -1
        return self.k is not None and 0 <= value < self.k

    def __str__(self) -> str:
        return f"Integer({self.k})" if self.name == "integer" else self.name.capitalize()


BINARY = Domain("binary")
SPIN = Domain("spin")


class Vec:
    """A vector of integers."""

    __slots__ = ("items", "owner")

    def __init__(self, items: list[int], owner: object = None) -> None:
        self.items = items
        self.owner = owner

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        found = self.items[index]
        return found if isinstance(found, int) else tuple(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self.items)

    def clone(self, owner: object) -> Vec:
        """A copy that `owner` may write."""
        return Vec(self.items[:], owner)

    def total_bytes(self) -> int:
        """Estimate of the memory it holds, shared or not."""
        return 56 + 8 * len(self.items)

    private_bytes = total_bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vec) and self.items == other.items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Vec({self.items!r})"


class VecX:
    """A vector of models. No instruction puts anything into it, so it is always empty."""

    __slots__ = ()

    def __len__(self) -> int:
        return 0

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        return ()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VecX)

    def __hash__(self) -> int:
        return hash(VecX)

    def __repr__(self) -> str:
        return "VecX()"


class Sample:
    """An assignment: one value a variable, each in the domain."""

    __slots__ = ("cols", "domain", "owner", "rows", "values")

    def __init__(self, domain: Domain, values: list[int], rows: int = 0, cols: int = 0, owner: object = None) -> None:
        self.domain = domain
        self.values = values
        self.rows = rows
        self.cols = cols
        self.owner = owner

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        found = self.values[index]
        return found if isinstance(found, int) else tuple(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self.values)

    @property
    def size(self) -> int:
        """Number of variables."""
        return len(self.values)

    def line(self, i: int) -> int:
        """The value of variable `i`."""
        return self.values[i]

    def clone(self, owner: object) -> Sample:
        """A copy that `owner` may write."""
        return Sample(self.domain, self.values[:], self.rows, self.cols, owner)

    def total_bytes(self) -> int:
        """Estimate of the memory it holds, shared or not."""
        return 88 + 8 * len(self.values)

    private_bytes = total_bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sample) and (self.domain, self.rows, self.cols, self.values) == (
            other.domain, other.rows, other.cols, other.values
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Sample({self.domain}, {self.values!r}, {self.rows}, {self.cols})"


for _kind in (Vec, VecX, Sample):
    Sequence.register(_kind)  # base classes of that kind would make every isinstance() slower


class Model:
    """A quadratic model: sparse linear and quadratic coefficients, none of them zero.

    Quadratic terms are kept by row: `quad[i][j]` for i <= j.
    """

    __slots__ = ("_own_linear", "_own_rows", "cols", "domain", "linear", "owner", "pairs", "quad", "rows", "size")

    def __init__(self, domain: Domain, size: int, rows: int = 0, cols: int = 0, owner: object = None) -> None:
        self.domain = domain
        self.size = size
        self.rows = rows
        self.cols = cols
        self.linear: dict[int, int] = {}
        self.quad: dict[int, dict[int, int]] = {}
        self.pairs = 0
        """Number of quadratic terms."""
        self.owner = owner
        self._own_linear = True
        self._own_rows: set[int] = set()

    def clone(self, owner: object) -> Model:
        """A copy that `owner` may write; coefficients stay shared until either side writes them."""
        copy = Model.__new__(Model)
        copy.domain, copy.size, copy.rows, copy.cols = self.domain, self.size, self.rows, self.cols
        copy.linear, copy.quad, copy.pairs = self.linear, dict(self.quad), self.pairs
        copy.owner = owner
        copy._own_linear = self._own_linear = False
        copy._own_rows, self._own_rows = set(), set()
        return copy

    def total_bytes(self) -> int:
        """Estimate of the memory it holds, shared or not."""
        return 200 + _ENTRY * (len(self.quad) + self.pairs + len(self.linear))

    def private_bytes(self) -> int:
        """Estimate of the memory that no other model shares."""
        entries = len(self.quad) + sum(len(self.quad[i]) for i in self._own_rows)
        return 200 + _ENTRY * (entries + (len(self.linear) if self._own_linear else 0))

    def line(self, i: int) -> int:
        """The linear coefficient of variable `i`."""
        return self.linear.get(i, 0)

    def pair(self, i: int, j: int) -> int:
        """The quadratic coefficient of a pair, in either order."""
        row = self.quad.get(i if i < j else j)
        return 0 if row is None else row.get(j if i < j else i, 0)

    def put_line(self, i: int, value: int) -> None:
        """Set a linear coefficient; the caller owns the model."""
        if not self._own_linear:
            self.linear = dict(self.linear)
            self._own_linear = True
        if value:
            self.linear[i] = value
        else:
            self.linear.pop(i, None)

    def put_pair(self, i: int, j: int, value: int) -> int:
        """Set a quadratic coefficient and return the one before; the caller owns the model."""
        if i > j:
            i, j = j, i
        row = self._row(i)
        old = row.get(j, 0)
        if value:
            row[j] = value
            if not old:
                self.pairs += 1
        elif old:
            del row[j]
            self.pairs -= 1
        return old

    def add_pair(self, i: int, j: int, delta: int) -> int:
        """Add to a quadratic coefficient and return the one before; the caller owns the model."""
        if i > j:
            i, j = j, i
        row = self._row(i)
        old = row.get(j, 0)
        value = old + delta
        if value:
            if not INT_MIN <= value <= INT_MAX:
                raise Fault("ArithmeticOverflow")
            row[j] = value
            if not old:
                self.pairs += 1
        elif old:
            del row[j]
            self.pairs -= 1
        return old

    def _row(self, i: int) -> dict[int, int]:
        row = self.quad.get(i)
        if i not in self._own_rows:
            row = self.quad[i] = {} if row is None else dict(row)
            self._own_rows.add(i)
        elif row is None:
            row = self.quad[i] = {}
        return row

    @property
    def terms(self) -> int:
        """Number of coefficients."""
        return len(self.linear) + self.pairs

    def lines(self) -> Iterator[tuple[int, int]]:
        """Linear coefficients by ascending index."""
        linear = self.linear
        return ((i, linear[i]) for i in sorted(linear))

    def quadratic(self) -> Iterator[tuple[int, int, int]]:
        """Quadratic coefficients as (i, j, value), ascending."""
        for i in sorted(self.quad):
            row = self.quad[i]
            for j in sorted(row):
                yield i, j, row[j]

    def energy(self, sample: Sample) -> int:
        """The energy of a sample of the same size, every product and sum checked in order (section 10.8)."""
        x, total = sample.values, 0
        for i, h in self.lines():
            product = h * x[i]
            total += product
            if not (INT_MIN <= product <= INT_MAX and INT_MIN <= total <= INT_MAX):
                raise Fault("ArithmeticOverflow")
        for i, j, coupling in self.quadratic():
            half = coupling * x[i]
            product = half * x[j]
            total += product
            if not (INT_MIN <= half <= INT_MAX and INT_MIN <= product <= INT_MAX and INT_MIN <= total <= INT_MAX):
                raise Fault("ArithmeticOverflow")
        return total

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Model)
            and (self.domain, self.size, self.rows, self.cols) == (other.domain, other.size, other.rows, other.cols)
            and self.pairs == other.pairs
            and self.linear == other.linear
            and all(row == other.quad.get(i, {}) for i, row in self.quad.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        quad = {(i, j): v for i, j, v in self.quadratic()}
        return f"Model({self.domain}, {self.size}, {dict(self.lines())!r}, {quad!r}, {self.rows}, {self.cols})"


Slot: TypeAlias = int | Vec | VecX | Model | Sample | None
"""What a register, calldata slot or output slot holds; None if it is unset."""


def kind_of(value: Slot) -> str:
    """The name of a value's kind, as faults spell it."""
    return _KINDS[type(value)]


_KINDS: dict[type, str] = {
    type(None): "unset",
    int: "int",
    Vec: "vec<int>",
    VecX: "vec<xqmx>",
    Model: "model",
    Sample: "sample",
}


def share(value: Slot) -> Slot:
    """Hand a value out: whoever writes it from now on copies it first."""
    if isinstance(value, Vec | Model | Sample):
        value.owner = None
    return value
