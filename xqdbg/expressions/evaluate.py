"""Turns the tree of an expression into closures, once, for one machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from vm.contract import Machine, Place, PlaceError, Selector, Span, Value
from vm.diagnostics import printable
from xqdbg.expressions import arithmetic
from xqdbg.expressions.arithmetic import MIRRORED, SIGNS, TESTS, WORKS, Evaluate, Refuse
from xqdbg.expressions.errors import ExpressionError, bare, shown
from xqdbg.expressions.functions import FUNCTIONS, Function
from xqdbg.expressions.names import unknown_function
from xqdbg.expressions.reading import Reading
from xqdbg.expressions.refusing import ELEMENTS, OldValue, nothing
from xqdbg.expressions.tree import (
    Attribute,
    Binary,
    Call,
    Compare,
    Indices,
    Items,
    Logic,
    Look,
    Node,
    Number,
    Old,
    Pick,
    Real,
    Saved,
    Text,
    Unary,
    Unset,
    walk,
)

CALLS = 16
"""Most functions of the machine in one expression: each may take long."""

_PLAIN = (tuple, list)


def bind(
    tree: Node, source: str, machine: Machine, saved: Mapping[str, Value], old: OldValue | None, strict: bool
) -> Evaluate:
    """The closure that computes a tree of the text `source`. ExpressionError for what the machine cannot have."""
    called = [node for node in walk(tree) if isinstance(node, Call) and node.name not in FUNCTIONS]
    if len(called) > CALLS:
        extra = called[CALLS]
        raise ExpressionError(f"more than {CALLS} calls of {bare(extra.name)} and the like", source, extra.at)
    if not machine.isa.wording.typed and (real := next((node for node in walk(tree) if isinstance(node, Real)), None)):
        hint = "leave out the fraction; / rounds down"
        raise ExpressionError("all numbers are integers", source, real.at, hint, real.end - real.at)
    binder = _Binder(source, machine, saved, old, strict)
    value, allowance = binder.value(tree), binder.allowance
    if not allowance.needed:
        return value

    def fresh() -> Value:
        allowance.left = ELEMENTS
        return value()

    return fresh


def place_now(
    tree: Node, source: str, machine: Machine, saved: Mapping[str, Value], old: OldValue | None
) -> Place | None:
    """The place a tree is, its indices computed here and now; None if it is none. ExpressionError if they cannot be."""
    if not isinstance(tree, Look):
        return None
    binder = _Binder(source, machine, saved, old, strict=True)
    path = [binder.selector(step)() for step in tree.steps]
    return Place(tree.name, tuple(step for step in path if step is not None)) if None not in path else None


class _Binder(Reading):
    """Compiles nodes of every kind."""

    __slots__ = ()

    def value(self, node: Node) -> Evaluate:
        """What computes a node."""
        match node:
            case Number(value) | Text(value) | Real(value):
                return lambda: value
            case Unset():
                return nothing
            case Saved():
                return self.saved_value(node)
            case Look():
                return self.settled(node, self.read(node))
            case Old():
                return self.settled(node, self.before(node))
            case Pick():
                return self._pick(node)
            case Unary() | Binary():
                return self._arithmetic(node)
            case Compare():
                return self._compare(node)
            case Logic(word, operands):
                join = arithmetic.conjunction if word == "and" else arithmetic.disjunction
                return join([self.value(operand) for operand in operands])
            case Items():
                return self._list(node)
            case Call():
                return self._call(node)

    # Sequences

    def _pick(self, node: Pick) -> Evaluate:
        """Elements of a value that is no place."""
        base, step = self._sequence(node.base, "[ ]"), node.step
        if isinstance(step, Attribute):
            hint = "write the place out, as in r0.size"
            raise self.error(node, f"only a place of the machine has a part .{bare(step.name)}", hint)
        if isinstance(step, Indices) and len(step.items) != 1:
            raise self.error(node, "a sequence has one index")
        select = self.selector(step)
        refuse = self.refusal(node, lambda items: f"there are {len(items)} elements, counted from 0")

        def value() -> Value:
            items, selector = base(), select()
            if items is None or selector is None:
                return None
            found = _selected(items, selector)
            return refuse(items) if found is None else found

        return value

    def _sequence(self, node: Node, name: str) -> Callable[[], Sequence[Value] | None]:
        """The elements of a value; None if it has none, or too many."""
        evaluate, allowance = self.value(node), self.allowance
        allowance.needed = True
        wrong = self.refusal(node, lambda value: f"{name} takes a sequence, and this is {self.told(value)}")
        many = self.refusal(node, lambda: f"more than {ELEMENTS:,} elements to look at")

        def items() -> Sequence[Value] | None:
            value = evaluate()
            if not _is_sequence(value):
                wrong(value)
                return None
            if not allowance.take(len(value)):  # type: ignore[arg-type]  # it is a sequence
                many()
                return None
            return value  # type: ignore[return-value]

        return items

    def _list(self, node: Items) -> Evaluate:
        parts = [self.integer(item, "an element", -arithmetic.LARGEST, arithmetic.LARGEST) for item in node.items]

        def value() -> Value:
            items = tuple(part() for part in parts)
            return None if None in items else items

        return value

    # Operations

    def _arithmetic(self, node: Unary | Binary) -> Evaluate:
        if isinstance(node, Unary):
            operand = self.value(node.operand)
            if node.sign == "not":
                return arithmetic.negation(operand)
            refuse = self.refusal(node, lambda a, _: self.why(node.sign, (a, node.operand)))
            return arithmetic.unary(SIGNS[node.sign], operand, refuse)
        left, right, work = node.left, node.right, WORKS[node.sign]
        refuse = self.refusal(node, lambda a, b: self.why(node.sign, (a, left), (b, right)))
        if isinstance(right, Number):
            return arithmetic.binary_with(work, self.value(left), right.value, refuse)
        return arithmetic.binary(work, self.value(left), self.value(right), refuse)

    def _compare(self, node: Compare) -> Evaluate:
        sign, left, right = node.sign, node.left, node.right
        if isinstance(left, Number):
            sign, left, right = MIRRORED[sign], right, left
        test, otherwise = TESTS[sign], int(sign == "!=")
        equality = sign in ("==", "!=")
        if isinstance(right, Number):
            if isinstance(left, Look) and not self.strict:
                return arithmetic.place_compared(test, self.read(left), right.value, otherwise)
            refuse = nothing if equality else self._disorder(node, left, right)
            value = self._lenient(left) if equality else self.value(left)
            return arithmetic.compared(test, value, right.value, otherwise, refuse)
        if not equality:
            return arithmetic.order(test, self.value(left), self.value(right), self._disorder(node, left, right))
        return arithmetic.equality(self._lenient(left), self._lenient(right), self._equal(node), 1 - otherwise)

    def _disorder(self, node: Compare, left: Node, right: Node) -> Refuse:
        return self.refusal(node, lambda a, b: self.why(node.sign, (a, left), (b, right)))

    def _lenient(self, node: Node) -> Evaluate:
        """An operand of == and !=, to which a missing place is a value like any other."""
        lax = self.strict and isinstance(node, Look | Old | Saved)
        return replace(self, strict=False).value(node) if lax else self.value(node)

    def _equal(self, node: Compare) -> Callable[[Value, Value], bool | None]:
        allowance = self.allowance
        allowance.needed = True
        refuse = self.refusal(node, lambda: f"more than {ELEMENTS:,} elements to compare")

        def equal(a: Value, b: Value) -> bool | None:
            if a is None or b is None or isinstance(a, int) or not (_is_sequence(a) and _is_sequence(b)):
                return bool(a == b)
            if len(a) != len(b):  # type: ignore[arg-type]  # they are sequences
                return False
            if not allowance.take(len(a)):  # type: ignore[arg-type]
                refuse()
                return None
            plain = type(a) in _PLAIN or type(b) in _PLAIN
            return tuple(a) == tuple(b) if plain else bool(a == b)  # type: ignore[arg-type]

        return equal

    # Functions

    def _call(self, node: Call) -> Evaluate:
        function = FUNCTIONS.get(node.name)
        if function is None:
            return self._machine_call(node)
        count = len(node.arguments)
        if count == 0 or (count > 1 and not function.spread):
            raise self.error(node, f"{node.name} is called with {_arguments(count)}", f"it is {function.usage}")
        if function.of_number is not None:
            return self._of_number(node, function.of_number)
        return self._over(node, function)

    def _of_number(self, node: Call, work: Callable[[int], Value]) -> Evaluate:
        operand = self.value(node.arguments[0])
        refuse = self.refusal(node, lambda found: f"there is no {node.name} of {self.told(found)}")

        def value() -> Value:
            found = operand()
            result = work(found) if type(found) is int else None
            return refuse(found) if result is None else result

        return value

    def _over(self, node: Call, function: Function) -> Evaluate:
        """A function of the elements of a sequence, or of several integers."""
        if len(node.arguments) > 1:
            items = self._sequence(Items(node.arguments, node.at, node.end), node.name)
        else:
            items = self._sequence(node.arguments[0], node.name)
        work = function.of_items
        refuse = self.refusal(node, lambda found: _why_no_result(node.name, len(found)))

        def value() -> Value:
            found = items()
            if found is None or work is None:
                return None
            try:
                result = work(found)
            except TypeError:
                return refuse(found)
            if type(result) is int and -arithmetic.LARGEST < result < arithmetic.LARGEST:
                return result
            return refuse(found)

        return value

    def _machine_call(self, node: Call) -> Evaluate:
        machine, name = self.machine, node.name
        usage = machine.functions().get(name)
        if usage is None:
            raise self.error(node, f"there is no function {shown(name)}", unknown_function(machine, name))
        count = len(node.arguments)
        if count != _parameters(usage):
            raise self.error(node, f"{bare(name)} is called with {_arguments(count)}", f"it is {printable(usage)}")
        arguments = [self.value(argument) for argument in node.arguments]
        refuse = self.refusal(node, printable)

        def value() -> Value:
            values = [argument() for argument in arguments]
            if None in values:
                return None
            try:
                return machine.call(name, values)
            except PlaceError as error:
                return refuse(str(error))

        return value


def _is_sequence(value: Value) -> bool:
    return type(value) in _PLAIN or (isinstance(value, Sequence) and not isinstance(value, str))


def _selected(items: Sequence[Value], selector: Selector) -> Value:
    """Elements of a sequence; None if it does not reach there."""
    if isinstance(selector, Span):
        start = selector.start + len(items) if selector.start < 0 else selector.start
        return tuple(items[start : start + selector.count]) if 0 <= start <= len(items) else None
    index = selector[0]
    return items[index] if isinstance(index, int) and -len(items) <= index < len(items) else None


def _arguments(count: int) -> str:
    return f"{count or 'no'} argument{'' if count == 1 else 's'}"


def _parameters(usage: str) -> int:
    """How many arguments a usage such as `energy(model, sample)` names."""
    inside = usage.partition("(")[2].rpartition(")")[0].strip()
    return inside.count(",") + 1 if inside else 0


def _why_no_result(name: str, count: int) -> str:
    if count == 0:
        return f"there is no {name} of nothing"
    return f"{name} takes integers, and not all of the {count:,} elements are, or the result has too many bits"
