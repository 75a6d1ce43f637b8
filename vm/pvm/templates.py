"""Handlers as text with holes for their operands, and blocks compiled from such texts.

The text is that of the handler itself, so a compiled block can do nothing that its handlers do not. What a program
chooses is only which handlers follow each other and which decimal numbers stand in their holes.
"""

from __future__ import annotations

import ast
import builtins
import linecache
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import dedent, indent
from types import CodeType, FunctionType, MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any

from vm.isa import Handler
from vm.pvm import numbers

if TYPE_CHECKING:
    from vm.pvm.blocks import Step
    from vm.pvm.state import State

STATE = ("m", "r", "pages", "own")
"""Parameters of handlers that are no operands, as in `State.bindings`."""

_HEAD = f"def block({', '.join(STATE)}):\n"
_MARGIN = "    "
_NEXT = "next"


def parameters(handler: Handler) -> tuple[str, ...]:
    """The names of what a handler is called with."""
    code: CodeType = handler.__code__
    return code.co_varnames[: code.co_argcount]


@dataclass(frozen=True, slots=True)
class Template:
    """A handler as text."""

    text: str
    """Statements; an operand stands in braces, and so does the address behind the instruction."""
    linked: str
    """The same for an instruction that may be a call."""
    names: Mapping[str, object]
    """What its names mean, besides those of the state and of Python."""


def template_of(handler: Handler) -> Template | None:
    """A handler as text; None where its text is not at hand."""
    try:
        return _template(handler)
    except (LookupError, SyntaxError, ValueError):
        return None


@cache
def _template(handler: Handler) -> Template:
    definition = _definition(handler)
    writer = _Writer(handler)
    body = [writer.visit(statement) for statement in definition.body]
    plain = "\n".join(map(ast.unparse, body))
    linked = "\n".join(ast.unparse(_Linking().visit(statement)) for statement in body)
    return Template(plain, linked, MappingProxyType(writer.names))


def _definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """A function as it was parsed, without its docstring; a copy of its own. LookupError if its text is not there."""
    code: CodeType = function.__code__
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    definition = ast.parse(_texts(text)[code.co_firstlineno]).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise ValueError("no function with a body of its own")
    first = definition.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del definition.body[0]
    return definition


@cache
def _texts(module: str) -> Mapping[int, str]:
    """The text of each function of a module, without decorators, by the first line it has with them."""
    found, lines = {}, module.splitlines(keepends=True)
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[first] = dedent("".join(lines[node.lineno - 1 : node.end_lineno]))
    return MappingProxyType(found)


def _hole(name: str) -> ast.Name:
    return ast.Name("{" + name + "}", ast.Load())


class _Writer(ast.NodeTransformer):
    """Puts holes for operands, numbers for constants, and expressions for the functions of `vm.pvm.numbers`."""

    def __init__(self, handler: Handler) -> None:
        self._operands = set(parameters(handler)).difference(STATE)
        self._globals: dict[str, object] = handler.__globals__
        self.names: dict[str, object] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._operands:
            return _hole(node.id)
        if node.id not in self._globals:
            return node
        value = self._globals[node.id]
        if isinstance(value, int):
            return ast.Constant(value)
        self.names[node.id] = value
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = self._globals.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if isinstance(function, FunctionType) and function.__module__ == numbers.__name__:
            return _written_out(function, self.visit(node.args[0]))
        self.generic_visit(node)
        return node

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """Nothing to return means the instruction behind."""
        value = node.value
        if isinstance(value, ast.IfExp) and isinstance(value.orelse, ast.Constant):
            return ast.Return(ast.IfExp(self.visit(value.test), self.visit(value.body), _hole(_NEXT)))
        return ast.Return(_hole(_NEXT) if value is None else self.visit(value))


class _Linking(ast.NodeTransformer):
    """Lets the machine see where a jump leads that may be a call."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        link = ast.Attribute(ast.Name("m", ast.Load()), "link", ast.Load())
        return ast.Return(ast.Call(link, [_hole("links"), node.value or _hole(_NEXT)], []))


def _written_out(function: FunctionType, argument: ast.expr) -> ast.expr:
    """What a function of one parameter returns, with the argument in place of the parameter."""
    definition = _definition(function)
    statement = definition.body[0]
    if not isinstance(statement, ast.Return) or statement.value is None:
        raise ValueError(f"{function.__name__} is no expression")
    expression: ast.expr = _Filling(definition.args.args[0].arg, argument, function.__globals__).visit(statement.value)
    return expression


class _Filling(ast.NodeTransformer):
    """Puts an expression in place of a parameter, and numbers in place of constants."""

    def __init__(self, parameter: str, argument: ast.expr, names: Mapping[str, object]) -> None:
        self._parameter, self._argument, self._names = parameter, argument, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self._parameter:
            return self._argument
        value = self._names[node.id]
        if not isinstance(value, int):
            raise ValueError(f"{node.id} is no number")
        return ast.Constant(value)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A block as a function; machines with the same program share its code."""

    code: CodeType
    names: dict[str, Any]
    lines: tuple[int, ...]
    """The first line of each instruction."""

    def bound(self, machine: State) -> Callable[[], int]:
        """The function for one machine: it executes the block and returns where to go on."""
        function = FunctionType(self.code, self.names, "block", tuple(machine.bindings.values()))
        return function

    def fails_at(self, trace: TracebackType | None) -> int:
        """Which instruction of the block raised an exception, from its traceback."""
        while trace is not None and trace.tb_frame.f_code is not self.code:
            trace = trace.tb_next
        return -1 if trace is None else bisect_right(self.lines, trace.tb_lineno) - 1


def compiled(steps: Sequence[Step]) -> Compiled | None:
    """A block of these instructions as a function; None where the text of a handler is not at hand."""
    texts, lines, names, line = [_HEAD], list[int](), dict[str, Any](__builtins__=builtins), 2
    for step in steps:
        template = template_of(step.handler)
        if template is None:
            return None
        text = template.text if step.links < 0 else template.linked
        texts.append(indent(text.format(**step.operands, next=step.next, links=step.links), _MARGIN) + "\n")
        lines.append(line)
        line += text.count("\n") + 1
        names.update(template.names)
    texts.append(f"{_MARGIN}return {steps[-1].next}\n")
    module = compile("".join(texts), "<block>", "exec", dont_inherit=True)
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return Compiled(code, names, tuple(lines))
