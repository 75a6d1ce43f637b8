"""An expression: a text that was read once, to be computed on any machine.

What reads and computes is imported with the first one: most starts need none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from vm.contract import Machine, Place, Value
from vm.values import dataclass

if TYPE_CHECKING:
    from xqdbg.expressions.refusing import OldValue
    from xqdbg.expressions.tree import Node


@dataclass(frozen=True, slots=True)
class Expression:
    """What a text such as `r3 > 100 and stack[-1] == 0` says."""

    text: str
    tree: Node = field(compare=False, repr=False)
    source: str = field(compare=False, repr=False)
    """The text it was read from, which columns of errors count in."""
    names: frozenset[str] = field(compare=False, repr=False)
    """Names of all places it looks at, `tick` and `depth` among them."""
    places: tuple[Place, ...] = field(compare=False, repr=False)
    """The places it looks at whose indices are numbers, each once, from left to right."""
    old_places: tuple[Place, ...] = field(compare=False, repr=False)
    """Those of which it looks at the value before the last instruction."""
    saved: frozenset[str] = field(compare=False, repr=False)
    """Names of saved values, without their `$`."""

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Read a whole text; ExpressionError if it is no expression."""
        from xqdbg.expressions.parser import Parser

        return cls.of(Parser(text).whole(), text, text)

    @classmethod
    def of(cls, tree: Node, text: str, source: str) -> Expression:
        """The expression whose tree was read from `text`, a part of `source`."""
        from xqdbg.expressions.parser import NO_PLACES
        from xqdbg.expressions.tree import Look, Old, Saved, walk

        nodes = list(walk(tree))
        looks = [node for node in nodes if isinstance(node, Look)]
        old = [node.look.place for node in nodes if isinstance(node, Old)]
        places = [look.place for look in looks if look.name not in NO_PLACES]
        return cls(
            text=text.strip(),
            tree=tree,
            source=source,
            names=frozenset(look.name for look in looks),
            places=tuple(dict.fromkeys(place for place in places if place is not None)),
            old_places=tuple(dict.fromkeys(place for place in old if place is not None)),
            saved=frozenset(node.name for node in nodes if isinstance(node, Saved)),
        )

    @property
    def past(self) -> bool:
        """Whether it asks what was before the last instruction."""
        return bool(self.old_places)

    @property
    def place(self) -> Place | None:
        """The place, if the expression is nothing but one."""
        from xqdbg.expressions.parser import NO_PLACES
        from xqdbg.expressions.tree import Look

        look = self.tree
        return look.place if isinstance(look, Look) and look.name not in NO_PLACES else None

    def place_now(self, machine: Machine, saved: Mapping[str, Value], old: OldValue | None = None) -> Place | None:
        """The place, if it is nothing but one; indices are computed as they are here and now."""
        if self.place is not None:
            return self.place
        from xqdbg.expressions import evaluate

        return evaluate.place_now(self.tree, self.source, machine, saved, old)

    def bind(
        self, machine: Machine, saved: Mapping[str, Value], old: OldValue | None = None, strict: bool = False
    ) -> Callable[[], Value]:
        """A closure that tells what it comes to whenever it is called, compiled once.

        A missing value is unset (None); with `strict` it is an EvaluationError, and the result may be
        kept, which otherwise is live. ExpressionError at once for what the machine cannot have. `saved`
        is looked at anew each time, but its names have to be there now.
        """
        from xqdbg.expressions import evaluate

        return evaluate.bind(self.tree, self.source, machine, saved, old, strict)


def parse(text: str) -> Expression:
    """Read a whole text; ExpressionError if it is no expression."""
    return Expression.parse(text)
