"""Expressions of the table with the numbers of a moment in them, and why they are true or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from vm.contract import Value
from vm.diagnostics import printable
from xqdbg.explanation.evaluating import Names, Put, count_rounds, evaluate, meant, puts
from xqdbg.explanation.facts import Facts, UnknownError
from xqdbg.explanation.formula import Assignment, Loop, Term
from xqdbg.expressions.tree import (
    Attribute,
    Binary,
    Call,
    Compare,
    Logic,
    Look,
    Node,
    Number,
    Text,
    Unary,
    children,
    walk,
)
from xqdbg.kinds import NOTHING
from xqdbg.spoken import Words, in_words, plainly

MOST_TERMS = 8
"""Terms of a sum that are written out."""
_SEVERAL = 40
"""Characters of one value."""

Unbound = AbstractSet[str]
"""Names of loops, which have no value of their own."""


def told(value: Value, words: Words = plainly) -> str:
    """A value in a few words, texts in quotes; what is large is called by its kind."""
    if value is None:
        return "unset"
    spoken = in_words(value, words)
    if spoken is not None:
        return _clipped(spoken)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Sequence):
        shown = " ".join(told(value[at], words) for at in range(min(len(value), MOST_TERMS)))
        more = " …" if len(value) > MOST_TERMS else ""
        return f"[{_clipped(shown)}{more}]"
    return f"a {type(value).__name__.lower()}"


def _clipped(text: str) -> str:
    return text if len(text) <= _SEVERAL else text[: _SEVERAL - 1] + "…"


def substituted(term: Term, facts: Facts, names: Names, unbound: Unbound = frozenset()) -> str:
    """An expression with numbers for names; what is not known keeps its name."""
    return _Writing(term, facts, names, unbound).node(term.tree)


class _Writing:
    """Writes the nodes of one term anew."""

    def __init__(self, term: Term, facts: Facts, names: Names, unbound: Unbound) -> None:
        self._text, self._root = term.text, term.tree
        self._facts, self._names, self._unbound = facts, names, unbound
        self._is_open = self._open(term.tree)

    def node(self, node: Node) -> str:
        """One node; what holds no names is as the table writes it."""
        if isinstance(node, Look):
            return self._look(node)
        if not isinstance(node, Number) and self._is_open and not self._open(node):
            folded = self._number(node)
            if folded is not None:
                return folded
        if isinstance(node, Binary) and node.sign == "+" and self.node(node.left) == "0":
            return self.node(node.right)  # what begins at 0 is not worth a sum
        return self._spliced(node, node.at)

    def place(self, node: Look) -> str:
        """A place as the machine calls it, its indices computed."""
        root = self._facts.spelled.get(node.name, node.name)
        return root + self._spliced(node, node.at + len(node.name))

    def _look(self, node: Look) -> str:
        if not node.steps and node.name in self._unbound:
            return node.name
        return (None if self._open(node) else self._number(node)) or self.place(node)

    def _number(self, node: Node) -> str | None:
        try:
            value = evaluate(node, self._facts, self._names)
        except UnknownError:
            return None
        if type(value) is not int and type(value) is not float:
            return None
        return str(value) if value >= 0 or node is self._root else f"({value})"

    def _open(self, node: Node) -> bool:
        """Whether it depends on the name of a loop."""
        return any(isinstance(each, Look) and each.name in self._unbound for each in walk(node))

    def _spliced(self, node: Node, begin: int) -> str:
        """Its text with its parts written anew."""
        parts, at = [], begin
        for child in children(node):
            parts += [self._text[at : child.at], self.node(child)]
            at = child.end
        return "".join([*parts, self._text[at : node.end]])


def place_text(line: Assignment, facts: Facts, names: Names) -> str:
    """What a line writes, as the machine calls it."""
    unbound = unbound_of(line.loops) | {"end"}
    return _Writing(line.target, facts, names, unbound).place(line.place)


def unbound_of(loops: Sequence[Loop]) -> frozenset[str]:
    """The names of loops."""
    return frozenset(name for loop in loops for name in (loop.name, loop.outer) if name)


def live_line(line: Assignment, facts: Facts, names: Names) -> str:
    """`result = 7 + 5 = 12`; empty for a line that does not count now."""
    if not meant(line, facts):
        return ""
    try:
        if line.test is not None and not line.loops and not evaluate(line.test.tree, facts, names):
            return ""
    except UnknownError:
        return ""
    if line.first:
        return _live_search(line, facts, names)
    if line.adds and line.loops and line.place.name in facts.op.pushes:
        return _live_sum(line, facts, names)
    return _live_assignment(line, facts, names)


def _live_assignment(line: Assignment, facts: Facts, names: Names) -> str:
    unbound = unbound_of(line.loops)
    target, sign = place_text(line, facts, names), "+=" if line.adds else "="
    shown = _source_text(line, facts, names, unbound)
    loops = "".join(f" for {', '.join(_loop_text(loop, facts, names) for loop in line.loops)}" if line.loops else "")
    try:
        value = evaluate(line.value.tree, facts, names)
    except UnknownError:
        return f"{target} {sign} {shown}{loops}"
    if isinstance(line.value.tree, Compare | Logic):
        return f"{target} {sign} {told(value, facts.words)}: {shown} is {'true' if value else 'false'}"
    came = told(value, facts.words)
    alone = shown == came or not isinstance(value, int | float | str)
    return f"{target} {sign} {came if alone else f'{shown} = {came}'}{loops}"


def _source_text(line: Assignment, facts: Facts, names: Names, unbound: Unbound) -> str:
    """The value of a line with numbers; a place of which it is all keeps its name."""
    tree = line.value.tree
    if isinstance(tree, Look) and tree.name not in unbound and (tree.steps or tree.name in facts.spelled):
        return _Writing(line.value, facts, names, unbound).place(tree)
    return substituted(line.value, facts, names, unbound)


def _loop_text(loop: Loop, facts: Facts, names: Names) -> str:
    outer = f"{loop.outer} {'<=' if loop.equal else '<'} " if loop.outer else ""
    try:
        bound = told(evaluate(loop.bound.tree, facts, names))
    except UnknownError:
        bound = substituted(loop.bound, facts, names)
    return f"{outer}{loop.name} < {bound}"


def _live_sum(line: Assignment, facts: Facts, names: Names) -> str:
    """The terms of a sum, if they are known and few."""
    target = place_text(line, facts, names)
    try:
        many = count_rounds(line.loops, facts, names)
        terms = puts(line, facts, names, MOST_TERMS) if many <= MOST_TERMS else []
    except UnknownError:
        return _live_assignment(line, facts, names)
    if not terms:
        return _live_assignment(line, facts, names)
    total = sum(each.value for each in terms if isinstance(each.value, int))
    return f"{target} = {' + '.join(_signed(each) for each in terms)} = {total}"


def _signed(put: Put) -> str:
    return f"({put.value})" if isinstance(put.value, int) and put.value < 0 else told(put.value)


def _live_search(line: Assignment, facts: Facts, names: Names) -> str:
    target, (loop, *_) = place_text(line, facts, names), line.loops
    bound = _loop_text(loop, facts, names)
    test = "" if line.test is None else substituted(line.test, facts, names, unbound_of(line.loops))
    try:
        (put,) = puts(line, facts, names, 1)
        found = count_rounds(line.loops, facts, names)
    except UnknownError:
        return f"{target} = the first {bound} with {test}"
    inside = isinstance(put.value, int) and 0 <= put.value < found
    return f"{target} = {put.value}: {f'the first {bound} with' if inside else f'no {bound} has'} {test}"


# Why an expression is false


def reason(term: Term, facts: Facts, names: Names) -> str:
    """The numbers that make a condition true or false: `b = 3, not 0`; empty if they are not known."""
    return ", ".join(dict.fromkeys(_reasons(term.tree, _Writing(term, facts, names, frozenset()), facts, names)))


def _reasons(node: Node, writing: _Writing, facts: Facts, names: Names) -> Iterator[str]:
    match node:
        case Unary("not", operand):
            yield from _reasons(operand, writing, facts, names)
        case Logic(word, operands):
            deciding = (each for each in operands if bool(evaluate(each, facts, names)) == (word == "or"))
            first = next(deciding, None)
            for operand in operands if first is None else (first,):
                yield from _reasons(operand, writing, facts, names)
        case Call("fits64", (operand,)):
            yield from _side(operand, writing, facts, names)
        case Compare(sign, left, right):
            yield from _compared(sign, left, right, writing, facts, names)


def _compared(sign: str, left: Node, right: Node, writing: _Writing, facts: Facts, names: Names) -> Iterator[str]:
    if isinstance(right, Text) and isinstance(left, Look):
        yield _holds(facts.spelled.get(left.name, left.name), evaluate(left, facts, names))
        return
    sides = list(_side(left, writing, facts, names))
    if sign == "==" and isinstance(right, Number) and sides and evaluate(left, facts, names) != right.value:
        sides[-1] += f", not {right.value}"
    yield from sides
    yield from _side(right, writing, facts, names)


def _holds(place: str, kind: Value) -> str:
    word = str(kind)
    if word in NOTHING:
        return f"{place} is {word}"
    return f"{place} holds {'an' if word[:1] in 'aeiou' else 'a'} {word}"


def _side(node: Node, writing: _Writing, facts: Facts, names: Names) -> Iterator[str]:
    """`a + b = 12`; nothing for a number."""
    if isinstance(node, Number):
        return
    value = told(evaluate(node, facts, names), facts.words)
    match node:
        case Look(meter, (Attribute(("needed" | "left") as what),)):
            yield f"{int(value):,} {printable(meter)} {what}"
        case Look("depth", ()):
            yield f"loops open: {value}"
        case Look():
            yield f"{writing.place(node)} = {value}"
        case _:
            shown = writing.node(node)
            yield shown if shown == value else f"{shown} = {value}"


def spelled(words: str, names: Mapping[str, str]) -> str:
    """Words of the table in which names of operands stand in braces, with what they are called instead."""
    return _BRACES.sub(lambda match: names.get(match[1], match[1]), words)


_BRACES = re.compile(r"\{(\w+)\}")
