"""The code that the released compiler makes of a function without optimising, block by block, before registers.

Values are loaded where they are used first, variables are copied where they are read, and what the release loses is
lost here too: operators it has no instruction for, and values that come from two ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from vm.mdvm.list_edits import INSERTING, REMOVING
from vm.mdvm.sentences import (
    Body,
    Call,
    Expression,
    Give,
    If,
    Item,
    ListEdit,
    Literal,
    NewList,
    Operation,
    Say,
    Set,
    Statement,
    Use,
    Variable,
    While,
)
from vm.mdvm.values import Slot
from vm.values import dataclass

MOST_VALUES = 256
"""Registers of a function: the compiler refuses programs that need more."""
_LOST = 64
"""Values that are counted here and have no register: those of calls that nobody wants."""


class TooMuch(Exception):
    """More than the compiler takes, or a variable that nothing is known of."""


@dataclass(frozen=True, slots=True)
class Temp:
    """A value that gets a register of its own."""

    number: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A register by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A constant by its value."""

    value: Slot


@dataclass(frozen=True, slots=True)
class Goal:
    """The beginning of a block."""

    block: int


@dataclass(frozen=True, slots=True)
class Offset:
    """A jump by so many instructions from the next one."""

    value: int


Operand = Temp | Fixed | Loaded | Goal | Offset


@dataclass(frozen=True, slots=True)
class Expected:
    """An instruction that should be there, and the line it is of."""

    name: str
    operands: tuple[Operand, ...]
    line: int | None


@dataclass(slots=True)
class Block:
    """Instructions without a way in or out between them."""

    code: list[Expected] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)
    """Blocks it leads to, in the order in which the compiler looks at them."""

    @property
    def returns(self) -> bool:
        return bool(self.code) and self.code[-1].name == "return"


Values = dict[str, Temp]


def lay_out(body: Body) -> tuple[Sequence[Temp], Sequence[tuple[int, Block]]]:
    """The inputs of a function, and its blocks with their numbers in the order of the code. Raises TooMuch."""
    layout = _Layout(body.inputs)
    layout.run(body.statements or ())
    if not layout.block.returns:
        layout.emit("return", line=body.end)
    return layout.inputs, [(number, layout.blocks[number]) for number in _order(layout.blocks)]


def _order(blocks: Sequence[Block]) -> Sequence[int]:
    """Those that can be reached, each before those it leads to but for loops."""
    found: list[int] = []
    seen = {0}
    path = [(0, iter(blocks[0].ways))]
    while path:
        number, ways = path[-1]
        way = next((each for each in ways if each not in seen), None)
        if way is None:
            found.append(number)
            path.pop()
        else:
            seen.add(way)
            path.append((way, iter(blocks[way].ways)))
    return found[::-1]


class _Layout:
    """Lays out one function."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.blocks = [Block()]
        self._at = 0
        self._count = self._phantoms = 0
        self._line: int | None = None
        self.inputs = [self._temp() for _ in inputs]
        self._values: Values = dict(zip(inputs, self.inputs, strict=True))

    # Pieces

    @property
    def block(self) -> Block:
        """The block that is being made."""
        return self.blocks[self._at]

    def emit(self, name: str, *operands: Operand, line: int | None = None) -> None:
        """Put an instruction behind what there is."""
        self.block.code.append(Expected(name, operands, self._line if line is None else line))

    def _temp(self) -> Temp:
        self._count += 1
        if self._count > MOST_VALUES + _LOST:
            raise TooMuch
        return Temp(self._count)

    def _made(self, name: str, *operands: Operand) -> Temp:
        """A new value."""
        temp = self._temp()
        self.emit(name, temp, *operands)
        return temp

    def _new_block(self) -> int:
        self.blocks.append(Block())
        if len(self.blocks) > 4 * MOST_VALUES:
            raise TooMuch
        return len(self.blocks) - 1

    def _go(self, to: int) -> None:
        self.emit("jump", Goal(to))
        self.block.ways.append(to)

    def _branch(self, condition: Expression, then: int, otherwise: int) -> None:
        self.emit("jump_if", self._value(condition), Goal(then))
        self.block.ways.append(then)
        self._go(otherwise)

    # Expressions

    def _value(self, expression: Expression) -> Temp:
        """The register of a value; one that is written out is loaded now."""
        return self._loaded(self._lazy(expression))

    def _lazy(self, expression: Expression) -> Temp | Loaded:
        """The same, but what is written out is not loaded before something needs it."""
        match expression:
            case Literal():
                return Loaded(expression.value)
            case Variable():
                return self._made("move", self._held(expression.name))
            case Operation():
                return self._operation(expression)
            case Item():
                return self._item(expression)
            case NewList():
                return self._list(expression)
            case Call():
                return self._call(expression)

    def _loaded(self, made: Temp | Loaded) -> Temp:
        return self._made("load_const", made) if isinstance(made, Loaded) else made

    def _held(self, name: str) -> Temp:
        if name not in self._values:
            raise TooMuch
        return self._values[name]

    def _operation(self, expression: Operation) -> Temp:
        made = [self._lazy(each) for each in expression.operands]
        operands = [self._loaded(each) for each in made]
        return self._temp() if expression.name == "lost" else self._made(expression.name, *operands)

    def _item(self, item: Item) -> Temp | Loaded:
        held = self._made("move", self._held(item.of))
        if item.where == "last":
            return self._made("array_get", held, self._last(held))
        if isinstance(item.where, str):
            return Loaded(None)
        return self._made("array_get", held, self._value(item.where))

    def _last(self, held: Temp) -> Temp:
        length = self._made("array_len", held)
        return self._made("sub", length, self._made("load_const", Loaded(1)))

    def _list(self, new: NewList) -> Temp:
        line = self._line
        made = self._made("new_array", self._made("load_const", Loaded(len(new.items))))
        for index, (self._line, each) in enumerate(new.items):
            value = self._value(each)
            self.emit("array_set", made, self._made("load_const", Loaded(index)), value)
        self._line = line
        return made

    def _call(self, call: Call, into: Fixed | None = None) -> Temp:
        arguments = [self._value(each) for each in call.arguments]
        result = self._temp()
        name = self._made("load_const", Loaded(call.function))
        self.emit("call", into or result, name, *arguments)
        return result

    # Statements

    def run(self, statements: Sequence[Statement]) -> None:
        """Lay out statements, one after the other."""
        for each in statements:
            self._line = each.line
            match each:
                case If():
                    self._if(each)
                case While():
                    self._while(each)
                case _:
                    self._plain(each)
            self._line = each.line

    def _plain(self, statement: Set | Use | Say | Give | ListEdit) -> None:
        match statement:
            case Set():
                self._values[statement.name] = self._made("move", self._value(statement.value))
            case Use():
                self._call(statement.call, Fixed(0))
            case Say():
                self.emit("print", self._value(statement.value))
            case Give():
                self.emit("return", self._value(statement.value))
            case ListEdit():
                self._edit(statement)

    def _if(self, statement: If) -> None:
        then = self._new_block()
        otherwise = None if statement.otherwise is None else self._new_block()
        behind = self._new_block()
        self._branch(statement.condition, then, behind if otherwise is None else otherwise)
        before = dict(self._values)
        arrived: list[Values] = [before] if otherwise is None else []
        for block, statements in ((then, statement.then), (otherwise, statement.otherwise)):
            if block is None:
                continue
            self._at, self._line, self._values = block, statement.line, dict(before)
            self.run(statements or ())
            if not self.block.returns:
                self._go(behind)
                arrived.append(self._values)
        self._at, self._values = behind, self._joined(arrived) if arrived else before

    def _joined(self, arrived: Sequence[Values]) -> Values:
        """What variables hold where ways come together: what differs is in a register that nothing writes."""
        names = {name for values in arrived for name in values}
        found: Values = {}
        for name in sorted(names):
            held = {values.get(name) for values in arrived}
            one = held.pop()
            found[name] = one if one is not None and not held else self._phantom()
        return found

    def _phantom(self) -> Temp:
        """A value that nothing writes, and that needs no register unless something reads it."""
        self._phantoms += 1
        if self._phantoms > MOST_VALUES * MOST_VALUES:
            raise TooMuch
        return Temp(-self._phantoms)

    def _while(self, statement: While) -> None:
        head, body, behind = (self._new_block() for _ in range(3))
        self._go(head)
        self._at = head
        for name in sorted(_assigned(statement.body)):
            self._values[name] = self._phantom()
        self._branch(statement.condition, body, behind)
        at_head = dict(self._values)
        self._at = body
        self.run(statement.body)
        if not self.block.returns:
            self._go(head)
        self._at, self._values = behind, at_head

    def _edit(self, edit: ListEdit) -> None:
        held = self._made("move", self._held(edit.of))
        value = None if edit.value is None else self._value(edit.value)
        match edit.what:
            case "set" | "insert":
                where = self._made("sub", *self._position(edit.where))
                if edit.what == "insert":
                    self._template(INSERTING, {"L": held, "V": value, "P": where})
                    return
                self.emit("array_set", held, where, *_given(value))
            case "set first":
                self.emit("array_set", held, self._made("load_const", Loaded(0)), *_given(value))
            case "set last":
                self.emit("array_set", held, self._last(held), *_given(value))
            case "add":
                self.emit("array_len", Fixed(255), held)
                self.emit("array_set", held, Fixed(255), *_given(value))
            case "remove":
                self._template(REMOVING, {"L": held, "V": value, "W": self._temp()})
            case "clear":
                self.emit("load_const", Fixed(254), Loaded(0))
                self.emit("new_array", held, Fixed(254))

    def _position(self, where: Expression | None) -> tuple[Temp, Temp]:
        """A position and the one that is taken from it."""
        if where is None:
            raise TooMuch
        return self._value(where), self._made("load_const", Loaded(1))

    def _template(self, rows: Sequence[str], temps: dict[str, Temp | None]) -> None:
        for row in rows:
            name, *parts = row.split()
            self.emit(name, *(_part(each, temps) for each in parts))


def _given(value: Temp | None) -> tuple[Temp, ...]:
    return () if value is None else (value,)


def _part(text: str, temps: dict[str, Temp | None]) -> Operand:
    if text[0] == "=":
        return Loaded(int(text[1:]))
    if text[0] in "+-":
        return Offset(int(text))
    temp = temps.get(text)
    return Fixed(int(text)) if temp is None else temp


def _assigned(statements: Sequence[Statement]) -> frozenset[str]:
    """Variables that are set on a way through that comes to the end."""
    if _returns(statements):
        return frozenset()
    found: frozenset[str] = frozenset()
    for each in statements:
        match each:
            case Set():
                found |= {each.name}
            case If():
                found |= _assigned(each.then) | _assigned(each.otherwise or ())
            case While():
                found |= _assigned(each.body)
    return found


def _returns(statements: Sequence[Statement]) -> bool:
    """Whether the end is not come to."""
    match statements[-1] if statements else None:
        case Give():
            return True
        case If(_, _, then, otherwise):
            return _returns(then) and _returns(otherwise or ())
    return False
