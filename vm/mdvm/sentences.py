"""What a program in Machine Dialect says, as far as the code of a compiled one can be told from it."""

from __future__ import annotations

from vm.mdvm.values import Slot
from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value, written out."""

    value: Slot


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An instruction by its name on values; `lost` on two or three is one that the compiler leaves out."""

    name: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An element of a list: `last`, `first` or the like, or an index."""

    of: str
    where: Expression | str


@dataclass(frozen=True, slots=True)
class NewList:
    """A list, its items with the lines they stand in."""

    items: tuple[tuple[int, Expression], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Literal | Variable | Operation | Item | NewList | Call


@dataclass(frozen=True, slots=True)
class Set:
    """`Set` a variable to something."""

    line: int
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Use:
    """`use` a function whose result nobody wants."""

    line: int
    call: Call


@dataclass(frozen=True, slots=True)
class Say:
    """`Say` something."""

    line: int
    value: Expression


@dataclass(frozen=True, slots=True)
class Give:
    """`Give back` something."""

    line: int
    value: Expression


@dataclass(frozen=True, slots=True)
class If:
    """Two ways to go, the second of which may be empty."""

    line: int
    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] | None


@dataclass(frozen=True, slots=True)
class While:
    """A loop."""

    line: int
    condition: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ListEdit:
    """A change of a list: `set`, `set first`, `set last`, `add`, `remove`, `insert` or `clear`."""

    line: int
    what: str
    of: str
    value: Expression | None = None
    where: Expression | None = None


Statement = Set | Use | Say | Give | If | While | ListEdit


@dataclass(frozen=True, slots=True)
class Body:
    """The top level, or a function; `statements` is None where something in it was not understood."""

    name: str
    """Empty for the top level."""
    inputs: tuple[str, ...]
    statements: tuple[Statement, ...] | None
    end: int | None
    """Line in which it ends, for the return that nobody wrote; None if it has no such line."""
