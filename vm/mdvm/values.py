"""The values of the machine (reference, section 2). All are immutable, and copies share what they have in common.

(An array that nobody else can see is changed in place: `ops.arrays`.)

Empty is None; Bool, Int, Float and String are Python's. An array of many elements is kept in pieces, a dict of many
keys in buckets, so that a changed copy costs about the square root of what is in it, and the rest is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, overload

from vm.values import dataclass

LEAST, MOST = -(1 << 63), (1 << 63) - 1
"""The least and the greatest Int."""
_SMALL_BITS = 6
_BUCKET = 48
"""Keys of a dict in one bucket, on average, before there are more buckets."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function as a value. No instruction makes one, and no file can hold one."""

    name: str
    entry: int = 0
    arity: int = 0


@dataclass(frozen=True, slots=True)
class Url:
    """An address as a value. No instruction makes one, and no file can hold one."""

    text: str


def size_of(value: Slot) -> int:
    """How large a value is when nothing is shared: 1 and what is in it, a character as much as an element."""
    kind = type(value)
    if kind is Array or kind is Dict:
        return int(value.total)  # type: ignore[union-attr]
    return 1 + len(value) if kind is str else 1  # type: ignore[arg-type]


SMALL = frozenset({int, float, bool, type(None)})
"""Types of values whose size is 1."""


class Array(Sequence[Any]):
    """A list of values whose length never changes."""

    __slots__ = ("bits", "length", "pieces", "total")

    bits: int
    """How many bits of an index are within a piece."""
    length: int
    pieces: list[list[Slot]]
    """The elements. Written only while nobody else holds them, or the array."""
    total: int
    """As `size_of` tells."""

    def __init__(self, items: Iterable[Slot] = ()) -> None:
        elements = list(items)
        self.length = len(elements)
        self.bits = _bits(self.length)
        step = 1 << self.bits
        self.pieces = [elements[at : at + step] for at in range(0, len(elements), step)]
        self.total = 1 + sum(map(size_of, elements))

    @classmethod
    def of_empty(cls, length: int) -> Array:
        """An array of so many times Empty; its pieces are one."""
        made = cls.__new__(cls)
        made.length, made.bits, made.total = length, _bits(length), 1 + length
        step = 1 << made.bits
        whole, rest = divmod(length, step)
        piece: list[Slot] = [None] * step
        made.pieces = [piece] * whole + ([[None] * rest] if rest else [])
        return made

    def put(self, index: int, value: Slot) -> Array:
        """A copy that has another value at an index, which must be one."""
        made = Array.__new__(Array)
        made.length, made.bits = self.length, self.bits
        made.pieces = self.pieces.copy()
        number = index >> self.bits
        piece = made.pieces[number] = self.pieces[number].copy()
        at = index & (1 << self.bits) - 1
        old, piece[at] = piece[at], value
        made.total = self.total
        if type(old) not in SMALL or type(value) not in SMALL:
            made.total += size_of(value) - size_of(old)
        return made

    def element(self, index: int) -> Slot:
        """The element at an index, which must be one."""
        return self.pieces[index >> self.bits][index & (1 << self.bits) - 1]

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> Slot: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Slot]: ...
    def __getitem__(self, index: int | slice) -> Slot | Sequence[Slot]:
        if isinstance(index, slice):
            return tuple(map(self.element, range(*index.indices(self.length))))
        if not -self.length <= index < self.length:
            raise IndexError(index)
        return self.element(index % self.length)

    def __iter__(self) -> Iterator[Slot]:
        for piece in self.pieces:
            yield from piece

    def held(self) -> Iterator[tuple[int, int]]:
        """Each piece of memory it is made of, by identity, and how many bytes that takes."""
        yield id(self.pieces), 8 * len(self.pieces)
        for piece in self.pieces:
            yield id(piece), 8 * len(piece)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Array) and alike(self, other))

    def __hash__(self) -> int:
        return hash((self.length, self.total))

    def __repr__(self) -> str:
        return f"Array({self.length} elements)"


def _bits(length: int) -> int:
    """How many bits of an index are within a piece."""
    return max(_SMALL_BITS, (length.bit_length() + 1) // 2)


_Bucket: TypeAlias = dict[str, tuple[int, Any]]
"""Keys, each with the order in which it came and its value."""


class Dict(Mapping[str, Any]):
    """Values by key, in the order in which the keys came."""

    __slots__ = ("_buckets", "_count", "_next", "total")

    def __init__(self, items: Iterable[tuple[str, Slot]] = ()) -> None:
        bucket = {key: (order, value) for order, (key, value) in enumerate(dict(items).items())}
        self._count = self._next = len(bucket)
        self._buckets: list[_Bucket] = [bucket]
        self.total = 1 + sum(1 + len(key) + size_of(value) for key, (_, value) in bucket.items())
        """As `size_of` tells."""
        self._spread()

    def _spread(self) -> None:
        """Have about as many buckets as there are keys in one."""
        wanted = len(self._buckets)
        while self._count > wanted * max(_BUCKET, wanted):
            wanted *= 2
        if wanted == len(self._buckets):
            return
        spread: list[_Bucket] = [{} for _ in range(wanted)]
        for old in self._buckets:
            for key, found in old.items():
                spread[hash(key) % wanted][key] = found
        self._buckets = spread

    def _copy(self, key: str) -> tuple[Dict, _Bucket]:
        """A copy whose bucket for a key may be written."""
        made = Dict.__new__(Dict)
        made._count, made._next, made.total = self._count, self._next, self.total
        made._buckets = self._buckets.copy()
        at = hash(key) % len(made._buckets)
        bucket = made._buckets[at] = made._buckets[at].copy()
        return made, bucket

    def put(self, key: str, value: Slot) -> Dict:
        """A copy that has a value under a key."""
        made, bucket = self._copy(key)
        known = bucket.get(key)
        if known is None:
            bucket[key] = (made._next, value)
            made._count, made._next = made._count + 1, made._next + 1
            made.total += 1 + len(key) + size_of(value)
            made._spread()
        else:
            bucket[key] = (known[0], value)
            made.total += size_of(value) - size_of(known[1])
        return made

    def without(self, key: str) -> Dict:
        """A copy that has no such key; the same if it has none now."""
        if key not in self:
            return self
        made, bucket = self._copy(key)
        _, value = bucket.pop(key)
        made._count -= 1
        made.total -= 1 + len(key) + size_of(value)
        return made

    def value(self, key: str) -> Slot:
        """What is under a key; Empty if nothing is."""
        found = self._buckets[hash(key) % len(self._buckets)].get(key)
        if found is None:
            return None
        value: Slot = found[1]
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._buckets[hash(key) % len(self._buckets)]

    def __getitem__(self, key: str) -> Slot:
        found = self._buckets[hash(key) % len(self._buckets)].get(key)
        if found is None:
            raise KeyError(key)
        value: Slot = found[1]
        return value

    def __len__(self) -> int:
        return self._count

    def pairs(self) -> Sequence[tuple[str, Slot]]:
        """Keys and values in order."""
        if len(self._buckets) == 1:
            found = [(order, key, value) for key, (order, value) in self._buckets[0].items()]
        else:
            found = [(order, key, value) for bucket in self._buckets for key, (order, value) in bucket.items()]
            found.sort(key=lambda each: each[0])
        return [(key, value) for _, key, value in found]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs())

    def held(self) -> Iterator[tuple[int, int]]:
        """Each piece of memory it is made of, by identity, and about how many bytes that takes."""
        yield id(self._buckets), 8 * len(self._buckets)
        for bucket in self._buckets:
            yield id(bucket), 64 + 160 * len(bucket)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Dict) and alike(self, other))

    def __hash__(self) -> int:
        return hash((self._count, self.total))

    def __repr__(self) -> str:
        return f"Dict({self._count} keys)"


Slot: TypeAlias = bool | int | float | str | Array | Dict | Function | Url | None
"""What a register can hold."""

_NAMES: Mapping[type, str] = {
    type(None): "Empty", bool: "Bool", int: "Int", float: "Float", str: "String", Array: "Array", Dict: "Dict",
    Function: "Function", Url: "URL",
}  # fmt: skip
_IDS: Mapping[type, int] = {type(None): 0, bool: 1, int: 2, float: 3, str: 4, Function: 5, Url: 6}
UNKNOWN = 7
"""The tag that stands for every type id that is none; no value has it. Section 6.2."""
ARRAY, DICT = 8, 9
"""Tags of arrays and dicts, which no id names."""


def type_name(value: Slot) -> str:
    """`Int`, `String`, …"""
    return _NAMES[type(value)]


def tag_of(value: Slot) -> int:
    """The type tag of a value."""
    kind = type(value)
    return _IDS.get(kind, ARRAY if kind is Array else DICT)


def truth(value: Slot) -> bool:
    """Whether a value is true. Section 2.2."""
    return bool(value) and value == value  # NaN is false


DEEPEST = 10_000
"""Levels of nesting beyond which a value is neither compared nor written out: there the released machine dies."""


class TooDeepError(Exception):
    """A value is nested too deeply to be looked at."""


def equal(a: Slot, b: Slot) -> bool:
    """Whether two values are equal. Section 2.4. TooDeepError where they are nested too deeply."""
    kind, other = type(a), type(b)
    if kind is other:
        if kind is Array or kind is Dict:
            return _collections_equal(a, b)  # type: ignore[arg-type]
        return a == b
    if kind is int and other is float:
        return float(a) == b  # type: ignore[arg-type]
    if kind is float and other is int:
        return a == float(b)  # type: ignore[arg-type]
    return False


Pair: TypeAlias = tuple[Slot, Slot]


def _collections_equal(a: Array | Dict, b: Array | Dict) -> bool:
    """Compare level by level; no recursion, so that depth is bounded by what we say and not by Python."""
    open_pairs: list[Iterator[Pair]] = [iter([(a, b)])]
    done: set[tuple[int, int]] = set()
    while open_pairs:
        pair = next(open_pairs[-1], None)
        if pair is None:
            open_pairs.pop()
            continue
        x, y = pair
        kind = type(x)
        if (kind is Array or kind is Dict) and type(y) is kind:
            key = (id(x), id(y))
            if key in done:
                continue
            inner = _paired(x, y)  # type: ignore[arg-type]
            if inner is None:
                return False
            if len(open_pairs) > DEEPEST:
                raise TooDeepError
            done.add(key)  # what is shared is compared once; unequal parts end the comparison at once
            open_pairs.append(inner)
        elif not equal(x, y):
            return False
    return True


def _paired(a: Array | Dict, b: Array | Dict) -> Iterator[Pair] | None:
    """What must be equal inside of two collections; None if they cannot be."""
    if len(a) != len(b):
        return None
    if isinstance(a, Array) or isinstance(b, Array):
        return zip(a, b, strict=True)
    if any(key not in b for key in a):
        return None
    return ((value, b.value(key)) for key, value in a.pairs())


def alike(a: Slot, b: Slot) -> bool:
    """Whether two values are the same to a debugger: type by type, with NaN like NaN and 0.0 unlike -0.0."""
    stack: list[Pair] = [(a, b)]
    done: set[tuple[int, int]] = set()
    while stack:
        x, y = stack.pop()
        if x is y:
            continue
        kind = type(x)
        if kind is not type(y):
            return False
        if kind is float:
            if _bits_of(x) != _bits_of(y):  # type: ignore[arg-type]
                return False
        elif kind is Array or kind is Dict:
            key = (id(x), id(y))
            if key in done:
                continue
            done.add(key)
            if x.total != y.total or len(x) != len(y):  # type: ignore[union-attr, arg-type]
                return False
            if kind is Array:
                stack.extend(zip(x, y, strict=True))  # type: ignore[arg-type]
            elif [*x] != [*y]:  # type: ignore[misc]
                return False
            else:
                stack.extend(zip(x.values(), y.values(), strict=True))  # type: ignore[union-attr]
        elif x != y:
            return False
    return True


def _bits_of(value: float) -> str:
    return value.hex() if value == value else "nan"
