"""Dataclasses as the standard library has them, made in a quarter of the time.

Until Python 3.13 the library compiles six functions for a frozen class, one by one: half of what importing the debugger
took. Here one is compiled, and the others are closures. Whatever is not a plain frozen class with slots is left to the
library; `fields`, `replace` and their kind work on all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

_OWN = frozenset(("__init__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__slots__", "__getstate__"))
"""What a class may not bring itself to be made here."""
_SPECIAL = ("InitVar", "dataclasses.InitVar", "KW_ONLY", "dataclasses.KW_ONLY")
_CLASS_VARIABLE = ("ClassVar", "typing.ClassVar")


def _made(cls: Any, eq: bool) -> Any:
    """The class as a frozen dataclass with slots."""
    rows = _rows(cls)
    if rows is None:
        return dataclasses.dataclass(frozen=True, slots=True, eq=eq)(cls)
    body = {name: each for name, each in vars(cls).items() if name not in (*rows, "__dict__", "__weakref__")}
    body["__slots__"] = body["__match_args__"] = tuple(rows)
    body["__init__"] = _init(rows, hasattr(cls, "__post_init__"))
    body.setdefault("__repr__", _repr([name for name, row in rows.items() if row.repr]))
    if eq:
        body["__eq__"], body["__hash__"] = _comparison(tuple(name for name, row in rows.items() if row.compare))
    body["__getstate__"], body["__setstate__"] = _state(tuple(rows))
    body["__dataclass_fields__"] = body["__dataclass_params__"] = _Later(cls, eq)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    made.__setattr__, made.__delattr__ = _frozen(made, frozenset(rows))
    return made


def _rows(cls: type[Any]) -> Mapping[str, Field[Any]] | None:
    """The fields by name; None for a class that is not plain enough."""
    if not _OWN.isdisjoint(vars(cls)) or any(hasattr(base, "__dataclass_fields__") for base in cls.__bases__):
        return None
    rows: dict[str, Field[Any]] = {}
    optional = False
    for name, kind in vars(cls).get("__annotations__", {}).items():
        if not isinstance(kind, str) or kind.startswith(_SPECIAL):
            return None
        if kind.startswith(_CLASS_VARIABLE):
            continue
        given = vars(cls).get(name, MISSING)
        row: Field[Any] = given if isinstance(given, Field) else dataclasses.field(default=given)
        has_default = row.default is not MISSING or row.default_factory is not MISSING
        mutable = row.default is not MISSING and type(row.default).__hash__ is None
        if mutable or (optional and not has_default) or not row.init or row.kw_only is True or row.hash is not None:
            return None  # some of it an error, which the library explains
        optional = optional or has_default
        rows[name] = row
    return rows


def _init(rows: Mapping[str, Field[Any]], then: bool) -> Callable[..., None]:
    """Compiled from names that are identifiers, as those of all annotations are."""
    known: dict[str, Any] = {"__set": object.__setattr__, "__missing": MISSING}
    takes, sets = ["self"], []
    for at, (name, row) in enumerate(rows.items()):
        value = name
        if row.default is not MISSING:
            known[f"__default{at}"] = row.default
            takes.append(f"{name}=__default{at}")
        elif row.default_factory is not MISSING:
            known[f"__default{at}"] = row.default_factory
            takes.append(f"{name}=__missing")
            value = f"__default{at}() if {name} is __missing else {name}"
        else:
            takes.append(name)
        sets.append(f" __set(self, {name!r}, {value})")
    if then:
        sets.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(takes)}):\n" + ("\n".join(sets) or " pass"), known)
    made: Callable[..., None] = known["__init__"]
    return made


def _repr(names: list[str]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: Any) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _comparison(names: tuple[str, ...]) -> tuple[Callable[[Any, Any], Any], Callable[[Any], int]]:
    key: Callable[[Any], Any] = attrgetter(*names) if len(names) > 1 else _few(names)

    def __eq__(self: Any, other: Any) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    return __eq__, __hash__


def _few(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: tuple(getattr(value, name) for name in names)


def _state(names: tuple[str, ...]) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    """What copies are made of."""

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __getstate__, __setstate__


def _frozen(cls: type[Any], names: frozenset[str]) -> tuple[Callable[..., None], Callable[..., None]]:
    """A class that inherits may have attributes of its own."""

    def __setattr__(self: Any, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__


class _Later:
    """What the library wants to know of a class, found out by it once somebody asks."""

    def __init__(self, cls: type[Any], eq: bool) -> None:
        self._cls, self._eq = cls, eq
        self._name = ""

    def __set_name__(self, _owner: type[Any], name: str) -> None:
        self._name = self._name or name

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        plain: Any = dataclasses.dataclass(frozen=True, eq=self._eq)(self._cls)
        cls: Any
        for cls in owner.__mro__:
            if vars(cls).get("__dataclass_fields__") is self:
                cls.__dataclass_fields__ = plain.__dataclass_fields__
                cls.__dataclass_params__ = plain.__dataclass_params__
        return getattr(owner, self._name)


def _dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> Callable[[Any], Any]:
    if frozen and slots:
        return lambda cls: _made(cls, eq)
    return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # type checkers know it
else:
    dataclass = _dataclass
