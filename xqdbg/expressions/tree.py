"""What an expression is made of. Every node knows which part of the text it was, from `at` to `end`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from vm.contract import Place, Selector, Span
from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Real:
    """A number with a fraction."""

    value: float
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """An integer."""

    value: int
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, to compare with."""

    value: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Unset:
    """The value of a place that holds nothing."""

    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved value; the name is without its `$`."""

    name: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out."""

    items: tuple[Node, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """The step `.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Indices:
    """The step `[i]` or `[i, j]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """The step `[start:count]`."""

    start: Node
    count: Node


Step: TypeAlias = Attribute | Indices | Slice


@dataclass(frozen=True, slots=True)
class Look:
    """A place of the machine, or of its clock."""

    name: str
    steps: tuple[Step, ...]
    at: int
    end: int

    @property
    def place(self) -> Place | None:
        """The place, if its indices are numbers; None if they must be computed first."""
        path: list[Selector] = []
        for step in self.steps:
            selector = _constant(step)
            if selector is None:
                return None
            path.append(selector)
        return Place(self.name, tuple(path))


@dataclass(frozen=True, slots=True)
class Old:
    """What a place held before the last instruction."""

    look: Look
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Elements of a value that is no place of the machine."""

    base: Node
    step: Step
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-`, `+`, `~` or `not`."""

    sign: str
    operand: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic of two integers."""

    sign: str
    left: Node
    right: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; its value is 1 or 0."""

    sign: str
    left: Node
    right: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` of two operands or more; its value is 1 or 0."""

    word: str
    operands: tuple[Node, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of some values."""

    name: str
    arguments: tuple[Node, ...]
    at: int
    end: int


Node: TypeAlias = (
    Number | Real | Text | Unset | Saved | Items | Look | Old | Pick | Unary | Binary | Compare | Logic | Call
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """The parts a node is computed from, from left to right."""
    match node:
        case Items(items):
            return items
        case Look(_, steps):
            return tuple(part for step in steps for part in _parts(step))
        case Old(look):
            return (look,)
        case Pick(base, step):
            return (base, *_parts(step))
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Logic(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
    return ()


def walk(tree: Node) -> Iterator[Node]:
    """Every node, a node before its parts, from left to right. Takes no stack, however deep the tree is."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def deeper_than(tree: Node, limit: int) -> Node | None:
    """The first node with more than `limit` nodes around it; None if there is none. Takes no stack either."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > limit:
            return node
        waiting.extend((child, depth + 1) for child in reversed(children(node)))
    return None


def _parts(step: Step) -> tuple[Node, ...]:
    match step:
        case Indices(items):
            return items
        case Slice(start, count):
            return (start, count)
    return ()


def _constant(step: Step) -> Selector | None:
    match step:
        case Attribute(name):
            return name
        case Slice(Number(start), Number(count)):
            return Span(start, count)
        case Indices(items):
            numbers = tuple(item.value for item in items if isinstance(item, Number))
            return numbers if len(numbers) == len(items) else None
    return None
