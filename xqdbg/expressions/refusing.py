"""What every part of the compiler needs: the machine, and what is told where there is no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TypeAlias

from vm.contract import Machine, Place, Value
from vm.values import dataclass
from xqdbg.expressions.arithmetic import Refuse, why_not
from xqdbg.expressions.errors import EvaluationError, ExpressionError, bare, shown
from xqdbg.expressions.tree import Node

ELEMENTS = 1_000_000
"""Most elements that one evaluation looks at."""

OldValue: TypeAlias = Callable[[Place], Value]
"""What a place held before the last instruction; None or PlaceError if nothing."""


class Allowance:
    """How many elements may still be looked at in this evaluation."""

    __slots__ = ("left", "needed")

    def __init__(self) -> None:
        self.left = ELEMENTS
        self.needed = False

    def take(self, count: int) -> bool:
        """Look at some more; False if that is too many."""
        self.left -= count
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Refusing:
    """`strict`: what is missing is an error, and values may be kept."""

    source: str
    """The text that errors point into."""
    machine: Machine
    saved: Mapping[str, Value]
    old: OldValue | None
    strict: bool
    allowance: Allowance = field(default_factory=Allowance)

    def refusal(self, node: Node, why: Callable[..., str]) -> Refuse:
        """What to do about values that nothing can be computed of."""
        if not self.strict:
            return nothing

        def refuse(*values: Value) -> Value:
            raise EvaluationError(why(*values), self.source, node.at, width=node.end - node.at)

        return refuse

    def why(self, sign: str, *operands: tuple[Value, Node]) -> str:
        """Why an operator could not be applied to values of some operands."""
        for value, node in operands:
            if type(value) is not int:
                return f"{sign} takes integers, and {self.words(node)} is {self.told(value)}"
        return why_not(sign, operands[-1][0])

    def told(self, value: Value) -> str:
        """A value inside a message."""
        return shown(value) if isinstance(value, str) else bare(self.machine.text(value))

    def words(self, node: Node) -> str:
        """A node as the user wrote it."""
        return bare(self.source[node.at : node.end])

    def error(self, node: Node, message: str, hint: str = "") -> ExpressionError:
        """What is wrong with a node, whatever its value."""
        return ExpressionError(message, self.source, node.at, hint, node.end - node.at)


def nothing(*_: Value) -> None:
    """A missing value, whatever there was."""
    return None
