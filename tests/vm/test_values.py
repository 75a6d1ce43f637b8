"""Classes of values are what the standard library would have made of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from vm import values


def plain() -> Any:
    class Row:
        """A row."""

        name: str
        count: int = 3
        found: list[int] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)
        kinds: ClassVar[int] = 7

        @property
        def twice(self) -> int:
            return self.count * 2

    return Row


def checked() -> Any:
    class Row:
        low: int
        high: int

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("upside down")

    return Row


def single() -> Any:
    class Row:
        value: float

    return Row


def empty() -> Any:
    class Row:
        """Nothing."""

    return Row


GIVEN: dict[Callable[[], Any], tuple[tuple[Any, ...], ...]] = {
    plain: (("a",), ("a", 3, []), ("a", 4), ("b", 3, [1]), ("a", 3, [], "told")),
    checked: ((1, 2), (1, 3), (1, 2)),
    single: ((1.0,), (2.0,), (float("nan"),)),
    empty: ((), ()),
}


def both(make: Callable[[], Any], **options: Any) -> tuple[Any, Any]:
    """The same class made here, and by the library."""
    theirs = dataclasses.dataclass(frozen=True, slots=True, **options)(make())
    return values._dataclass(frozen=True, slots=True, **options)(make()), theirs


@pytest.mark.parametrize("make", GIVEN)
@pytest.mark.parametrize("options", ({}, {"eq": False}), ids=str)
def test_it_looks_and_compares_as_the_library_has_it(make: Callable[[], Any], options: dict[str, Any]) -> None:
    ours, theirs = both(make, **options)
    assert type(vars(ours)["__dataclass_fields__"]).__name__ == "_Later", "made by the library after all"
    mine, others = [ours(*given) for given in GIVEN[make]], [theirs(*given) for given in GIVEN[make]]
    assert list(map(repr, mine)) == list(map(repr, others))
    assert [[a == b for b in mine] for a in mine] == [[a == b for b in others] for a in others]
    assert all(a != b for a, b in zip(mine, others, strict=True))
    assert ours.__match_args__ == theirs.__match_args__ and ours.__slots__ == theirs.__slots__
    assert (ours.__doc__ or "") in (theirs.__doc__ or ""), "the library makes one up"


def test_hashes_go_by_what_is_compared() -> None:
    ours, _ = both(checked)
    assert len({ours(1, 2), ours(1, 2), ours(1, 3)}) == 2
    unhashable, _ = both(plain)
    with pytest.raises(TypeError, match="unhashable"):
        hash(unhashable("a"))
    by_identity, _ = both(checked, eq=False)
    assert len({by_identity(1, 2), by_identity(1, 2)}) == 2


@pytest.mark.parametrize("make", GIVEN)
def test_nothing_can_be_changed(make: Callable[[], Any]) -> None:
    ours, _ = both(make)
    value = ours(*GIVEN[make][0])
    for name in (*ours.__slots__, "another"):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 1)
        with pytest.raises(FrozenInstanceError):
            delattr(value, name)
    assert not hasattr(value, "__dict__")


def test_what_is_made_anew_is_not_shared() -> None:
    ours, _ = both(plain)
    assert ours("a").found is not ours("b").found
    assert ours("a", found=[7]).found == [7] and ours("a").twice == 6 and ours.kinds == 7


@pytest.mark.parametrize("given", ((), ("a", 1, [], "", 5), ("a",)))
def test_arguments_are_counted(given: tuple[Any, ...]) -> None:
    ours, theirs = both(plain)
    outcomes = []
    for made in (ours, theirs):
        try:
            outcomes.append(repr(made(*given, count=1) if given == () else made(*given)))
        except TypeError as error:
            outcomes.append(str(error).partition("__init__")[2])
    assert outcomes[0] == outcomes[1]


def test_a_check_after_making_is_done() -> None:
    ours, _ = both(checked)
    with pytest.raises(ValueError, match="upside down"):
        ours(2, 1)
    with pytest.raises(ValueError, match="upside down"):
        dataclasses.replace(ours(1, 2), low=3)


def test_the_library_can_be_asked_about_it() -> None:
    ours, theirs = both(plain)
    value = ours("a", 4, [1], "told")
    assert dataclasses.is_dataclass(ours)
    assert [each.name for each in dataclasses.fields(ours)] == [each.name for each in dataclasses.fields(theirs)]
    assert dataclasses.asdict(value) == {"name": "a", "count": 4, "found": [1], "note": "told"}
    assert repr(dataclasses.replace(value, count=5)) == repr(theirs("a", 5, [1], "told"))
    assert ours.__dataclass_params__.frozen


def test_copies_are_equal() -> None:
    ours, _ = both(plain)
    value = ours("a", 4, [1])
    shallow, deep = copy.copy(value), copy.deepcopy(value)
    assert shallow == deep == value and shallow.found is value.found and deep.found is not value.found


def test_a_class_that_inherits() -> None:
    ours, _ = both(checked)

    class Wider(ours):  # type: ignore[misc,valid-type]
        def __init__(self, low: int) -> None:
            super().__init__(low, low)
            self.own = 1

    assert Wider(3).own == 1
    with pytest.raises(FrozenInstanceError):
        Wider(3).low = 4

    @values.dataclass(frozen=True, slots=True)
    class Further(ours):  # type: ignore[misc,valid-type]
        more: int = 0

    assert Further(1, 2, 3) == Further(1, 2, 3) != Further(1, 2, 4)
    assert repr(Further(1, 2)).endswith("(low=1, high=2, more=0)")


@pytest.mark.parametrize("options", ({}, {"frozen": True}, {"slots": True}), ids=str)
def test_other_kinds_are_the_library_s(options: dict[str, Any]) -> None:
    made = values._dataclass(**options)(checked())
    assert isinstance(vars(made)["__dataclass_fields__"], dict) and made(1, 2).high == 2


def test_mistakes_are_told_by_the_library() -> None:
    class Shared:
        found: list[int] = []  # noqa: RUF012

    class Backwards:
        first: int = 1
        second: int

    for wrong, error in ((Shared, ValueError), (Backwards, TypeError)):
        with pytest.raises(error):
            values._dataclass(frozen=True, slots=True)(wrong)


@values.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, where it can be found again."""

    name: str
    rest: tuple[int, ...] = ()


def test_it_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Kept("a", (1, 2)))) == Kept("a", (1, 2))
