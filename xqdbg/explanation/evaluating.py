"""Computes the expressions of the table from facts. Bounded, and nothing but arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from math import fmod, isinf, nan
from types import MappingProxyType
from typing import Any

from vm.contract import Selector, Span, Value
from vm.values import dataclass
from xqdbg.explanation.facts import Facts, UnknownError
from xqdbg.explanation.formula import Assignment, Loop, Quantity, Term
from xqdbg.expressions.arithmetic import LARGEST, SIGNS, TESTS, WORKS
from xqdbg.expressions.functions import FUNCTIONS
from xqdbg.expressions.tree import (
    Attribute,
    Binary,
    Call,
    Compare,
    Indices,
    Logic,
    Look,
    Node,
    Number,
    Real,
    Slice,
    Step,
    Text,
    Unary,
    Unset,
)

MOST_ELEMENTS = 2_000
"""Elements of a vector beyond which nothing is computed over it."""
MOST_ROUNDS = 512
"""Rounds among which the first one is looked for."""
MOST_LETTERS = 200
"""Characters of a text that is joined from two."""
END = "end"
"""As an index of what is written: behind the last element."""

Names = Mapping[str, int]
"""Values of the names of loops and definitions."""


@dataclass(frozen=True, slots=True)
class Put:
    """One write that a formula stands for."""

    name: str
    """What the table calls it."""
    path: tuple[Selector, ...]
    value: Value
    adds: bool


def evaluate(node: Node, facts: Facts, names: Names) -> Value:
    """What an expression comes to; UnknownError where something is not known or cannot be computed."""
    match node:
        case Number(value) | Text(value) | Real(value):
            return value
        case Unset():
            return None
        case Look():
            return _look(node, facts, names)
        case Unary("not", operand):
            return int(not truth(evaluate(operand, facts, names)))
        case Unary(sign, operand):
            return _signed_value(sign, evaluate(operand, facts, names))
        case Binary(sign, left, right):
            return _work(sign, evaluate(left, facts, names), evaluate(right, facts, names))
        case Compare(sign, left, right):
            return _compare(sign, evaluate(left, facts, names), evaluate(right, facts, names))
        case Logic(word, operands):
            each = (truth(evaluate(operand, facts, names)) for operand in operands)
            return int(all(each) if word == "and" else any(each))
        case Call(name, arguments):
            return _call(name, [evaluate(argument, facts, names) for argument in arguments])
    raise UnknownError("this")


def number(node: Node, facts: Facts, names: Names) -> int:
    """An integer an expression comes to; UnknownError if it comes to none."""
    value = evaluate(node, facts, names)
    if type(value) is not int:
        raise UnknownError("an integer")
    return value


def truth(value: Value) -> bool:
    """Whether a value counts as true; what is not a number, among floats, does not."""
    return bool(value) and value == value


def _work(sign: str, left: Value, right: Value) -> int | float | str:
    """Two numbers computed with, or two texts joined."""
    if type(left) is int and type(right) is int:
        return _bounded(WORKS[sign](left, right))
    if sign == "+" and isinstance(left, str) and isinstance(right, str) and len(left) + len(right) < MOST_LETTERS:
        return left + right
    a, b = _floats(left, right)
    work = _OF_FLOATS.get(sign)
    if work is None or (sign == "/" and not b):
        raise UnknownError("two integers")
    return work(a, b)


def _floats(left: Value, right: Value) -> tuple[float, float]:
    """Two numbers, not both of them integers."""
    if type(left) in (int, float) and type(right) in (int, float):
        return float(left), float(right)  # type: ignore[arg-type]
    raise UnknownError("two numbers")


def _signed_value(sign: str, value: Value) -> int | float:
    if type(value) is float and sign in "+-":
        return -value if sign == "-" else value
    if type(value) is not int:
        raise UnknownError("a number")
    return _bounded(SIGNS[sign](value))


_OF_FLOATS: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
)


def _bounded(value: int | None) -> int:
    if value is None or not -LARGEST < value < LARGEST:
        raise UnknownError("an integer of bearable size")
    return value


def _look(node: Look, facts: Facts, names: Names) -> Value:
    if not node.steps and node.name in names:
        return names[node.name]
    return facts.look(node.name, path_of(node.steps, facts, names))


def path_of(steps: Sequence[Step], facts: Facts, names: Names) -> tuple[Selector, ...]:
    """The steps into a place, their indices computed."""
    return tuple(_selector(step, facts, names) for step in steps)


def _selector(step: Step, facts: Facts, names: Names) -> Selector:
    match step:
        case Attribute(name):
            return name
        case Indices(items):
            return tuple(number(item, facts, names) for item in items)
        case Slice(start, count):
            return Span(number(start, facts, names), number(count, facts, names))


def _compare(sign: str, left: Value, right: Value) -> int:
    if sign == "==":
        return int(left == right)
    if sign == "!=":
        return int(left != right)
    if type(left) is int and type(right) is int:
        return int(TESTS[sign](left, right))
    if type(left) is str and type(right) is str:
        return int(_OF_VALUES[sign](left, right))
    return int(_OF_VALUES[sign](*_floats(left, right)))


_OF_VALUES: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)


def _bits(value: int) -> int:
    return value.bit_length() if value > 0 else 0


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _fits64(value: int) -> int:
    return int(-(1 << 63) <= value < 1 << 63)


def _unsigned(bits: int) -> Callable[[int], int]:
    """The low bits of a number as a natural."""
    return lambda value: value & (1 << bits) - 1


def _signed(bits: int) -> Callable[[int], int]:
    """The low bits of a number, the highest of them its sign."""
    return lambda value: ((value & (1 << bits) - 1) ^ 1 << bits - 1) - (1 << bits - 1)


_WIDTHS = (8, 16, 32, 64)
_EXTENDED: Mapping[str, Callable[[int], int]] = {
    **{f"u{bits}": _unsigned(bits) for bits in _WIDTHS},
    **{f"s{bits}": _signed(bits) for bits in _WIDTHS},
}
_OF_NUMBERS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"bits": _bits, "pairs": _pairs, "fits64": _fits64, "abs": abs, "ones": int.bit_count, **_EXTENDED}
)


def _quotient(a: int, b: int) -> int:
    """Rounded towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _remainder(a: int, b: int) -> int:
    """With the sign of the first number."""
    return a - b * _quotient(a, b)


_OF_PAIRS: Mapping[str, Callable[[int, int], int]] = MappingProxyType({"quotient": _quotient, "remainder": _remainder})


def _is_sequence(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


_OF_ANY: Mapping[str, Callable[[Value], bool]] = MappingProxyType({"bool": truth, "sequence": _is_sequence})


def _equal(first: Value, second: Value) -> bool:
    """Whether two values are of one type and the same, numbers being of one type; for what is not made of parts."""
    if not all(isinstance(each, bool | int | float | str | None) for each in (first, second)):
        raise UnknownError("two values without parts")
    if type(first) is type(second):
        return first == second
    numbers = all(type(each) in (int, float) for each in (first, second))
    return numbers and float(first) == float(second)  # type: ignore[arg-type]


def _top(items: Sequence[int]) -> int:
    return max(items, default=-1) + 1


def _call(name: str, arguments: Sequence[Value]) -> Value:
    first = arguments[0] if arguments else None
    if name in _OF_NUMBERS and type(first) is int:
        return _bounded(_OF_NUMBERS[name](first))
    if name in _OF_PAIRS and len(arguments) == 2:
        return _of_pair(name, *arguments)
    if name == "little":
        return _little(first)
    if name in _OF_ANY and len(arguments) == 1:
        return _OF_ANY[name](first)
    if name == "equal" and len(arguments) == 2:
        return _equal(*arguments)
    items: Value = arguments if len(arguments) > 1 else first
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise UnknownError(f"a sequence for {name}")
    if name == "len":
        return len(items)
    if len(items) > MOST_ELEMENTS or not all(type(item) is int for item in items):
        raise UnknownError(f"a bearable sequence for {name}")
    work = _top if name == "top" else FUNCTIONS[name].of_items if name in FUNCTIONS else None
    result = None if work is None else work(items)
    if type(result) is not int:
        raise UnknownError(f"the {name} of that")
    return _bounded(result)


def _of_pair(name: str, first: Value, second: Value) -> int | float:
    if name == "remainder" and float in (type(first), type(second)):
        a, b = _floats(first, second)
        if not b:
            raise UnknownError("the remainder of that")
        return nan if isinf(a) else fmod(a, b)
    if type(first) is not int or type(second) is not int or not second:
        raise UnknownError(f"the {name} of that")
    return _bounded(_OF_PAIRS[name](first, second))


def _little(octets: Value) -> int:
    """The number that octets spell, the lowest one first; a number is what it is."""
    if type(octets) is int:
        return octets
    if not isinstance(octets, Sequence) or len(octets) > 8 or not all(type(octet) is int for octet in octets):
        raise UnknownError("a few octets")
    return int.from_bytes(bytes(octet & 255 for octet in octets), "little")


def meant(line: Assignment, facts: Facts) -> bool:
    """Whether a line counts for what the first operand holds."""
    if not line.kind or not facts.op.operands:
        return True
    kind = facts.kinds.get(facts.op.operands[0].name)
    return kind is None or kind == line.kind


def rounds(loops: Sequence[Loop], facts: Facts, names: Names) -> Iterator[Names]:
    """The names of each round of loops inside each other."""
    if not loops:
        yield names
        return
    loop, rest = loops[0], loops[1:]
    for at in range(number(loop.bound.tree, facts, names)):
        if not loop.outer:
            yield from rounds(rest, facts, {**names, loop.name: at})
            continue
        for inner in range(at + (not loop.equal), number(loop.bound.tree, facts, names)):
            yield from rounds(rest, facts, {**names, loop.outer: at, loop.name: inner})


def count_rounds(loops: Sequence[Loop], facts: Facts, names: Names) -> int:
    """How many rounds there are, without going through them."""
    total = 1
    for loop in loops:
        bound = max(0, number(loop.bound.tree, facts, names))
        total *= bound if not loop.outer else _pairs(bound) + (bound if loop.equal else 0)
    return total


def puts(line: Assignment, facts: Facts, names: Names, most: int) -> list[Put]:
    """The first writes a line stands for, at most so many; UnknownError where one cannot be computed."""
    if line.first:
        return [_first(line, facts, names)]
    found = islice(rounds(line.loops, facts, names), most)
    return [
        _put(line, line.value, facts, each)
        for each in found
        if line.test is None or evaluate(line.test.tree, facts, each)
    ]


def _first(line: Assignment, facts: Facts, names: Names) -> Put:
    for each in islice(rounds(line.loops, facts, names), MOST_ROUNDS):
        if line.test is None or evaluate(line.test.tree, facts, each):
            return _put(line, line.value, facts, each)
    if line.otherwise is None or count_rounds(line.loops, facts, names) > MOST_ROUNDS:
        raise UnknownError("which one it is")
    return _put(line, line.otherwise, facts, names)


def _put(line: Assignment, value: Term, facts: Facts, names: Names) -> Put:
    steps = line.place.steps
    computed = {**names, END: -1} if line.loops or steps else names
    path = path_of(steps, facts, computed)
    return Put(line.place.name, path, evaluate(value.tree, facts, names), line.adds)


def defined(line: Assignment, facts: Facts) -> bool:
    """Whether a line defines a name for the lines below, and writes nothing."""
    place = line.place
    taken = {*facts.op.pushes, *(operand.name for operand in facts.op.operands)}
    return not place.steps and place.name not in taken and not line.loops


def quantity_of(cost: Quantity, facts: Facts, names: Names) -> int:
    """What a cost comes to; UnknownError where it cannot be computed."""
    if cost.kind and facts.op.operands and facts.kinds.get(facts.op.operands[0].name) != cost.kind:
        return 0
    if cost.test is not None and not evaluate(cost.test.tree, facts, names):
        raise UnknownError("what is told in words")
    return number(cost.value.tree, facts, names)
