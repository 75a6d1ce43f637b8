"""Lines of assembly that are no instructions: constants, functions, what the header has (reference, section 14).

Beyond the reference, `.section` and `.fill` say where in the file the parts lie and what is between them, so that any
file whatever can be written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from vm.assembler import shortened, suggest
from vm.mdvm.container import CONSTANT_TAGS, HEADER, SECTIONS, Constant
from vm.mdvm.lexing import Kind, Lexeme, integer, string
from vm.mdvm.operands import _error, literal, natural, one, split

if TYPE_CHECKING:
    from vm.mdvm.assembler import Assembly, Use

U32 = (1 << 32) - 1
_MOST_FILE = 1 << 28
SECTION_WORDS: Mapping[str, int] = MappingProxyType(
    {name.split()[-1] if name.endswith("name") else name.split()[0]: at for at, name in enumerate(SECTIONS)}
)
"""`name`, `constants`, `function` and `instructions`, by their number in the header."""


@dataclass(slots=True)
class Settings:
    """What the directives of a source have said."""

    name: str = "main"
    version: int = 1
    flags: int = 1
    constants: list[Constant] = field(default_factory=list)
    functions: list[tuple[str, int | Use]] = field(default_factory=list)
    globals: list[str] = field(default_factory=list)
    sections: dict[int, int] = field(default_factory=dict)
    fills: list[tuple[int, bytes]] = field(default_factory=list)

    def offsets(self) -> tuple[int, ...] | None:
        """Where the parts of the file lie; None where nothing was said."""
        return tuple(self.sections[number] for number in range(len(SECTIONS))) if self.sections else None


def directive(assembly: Assembly, number: int, words: Sequence[Lexeme]) -> None:
    """Obey a line that begins with a dot."""
    first = words[0]
    obey = DIRECTIVES.get(first.text[1:])
    if obey is None:
        near = suggest(first.text[1:], DIRECTIVES)
        hint = f"did you mean .{near}?" if near else f"there are .{', .'.join(DIRECTIVES)}"
        raise _error(first, f"there is no directive {shortened(first.text)}", hint, "DIRECTIVE")
    if len(words) < 2:
        raise _error(None, f"{first.text} needs more", _USAGE[first.text[1:]], "DIRECTIVE")
    obey(assembly, number, words[1:])


def _text(word: Lexeme) -> str:
    found = string(word.text) if word.kind is Kind.STRING else None
    if found is None:
        hint = 'a name stands in quotes, as in JSON: "main"'
        raise _error(word, f"expected a name in quotes, found '{shortened(word.text)}'", hint, "DIRECTIVE")
    return found


def _module(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    assembly.settings.name = _text(one(words))


def _version(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    assembly.settings.version = natural(one(words), U32, "a number")


def _flags(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    assembly.settings.flags = natural(one(words), U32, "a number")


def _const(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    held, name = assembly.settings.constants, words[0]
    if name.text != f"k{len(held)}":
        hint = "constants are listed in the order of their numbers, from k0 on"
        raise _error(name, f"expected k{len(held)}, found '{shortened(name.text)}'", hint, "DIRECTIVE")
    if len(words) < 2 or words[1].text not in CONSTANT_TAGS:
        at = words[1] if len(words) > 1 else None
        raise _error(at, f"expected a type of constant: {', '.join(CONSTANT_TAGS)}", _USAGE["const"], "DIRECTIVE")
    held.append(_valued(words[1].text, words[1], words[2:]))


def _valued(kind: str, at: Lexeme, words: Sequence[Lexeme]) -> Constant:
    """A constant of a kind, with its value behind it."""
    if kind == "empty":
        if words:
            raise _error(words[0], "empty has no value", _USAGE["const"], "DIRECTIVE")
        return Constant(CONSTANT_TAGS[kind], b"")
    if not words:
        raise _error(None, "the value is missing", _USAGE["const"], "DIRECTIVE")
    word = one(words)
    if kind == "bool" and word.kind is Kind.NUMBER:
        return Constant(CONSTANT_TAGS[kind], bytes((natural(word, 255, "true, false or a byte"),)))
    found = literal(word, kind)
    if found.kind != kind:
        raise _error(word, f"expected a value of the type {kind}, found '{shortened(word.text)}'", kind="DIRECTIVE")
    return found


def _func(assembly: Assembly, number: int, words: Sequence[Lexeme]) -> None:
    from vm.mdvm.assembler import Use

    name = _text(words[0])
    if len(words) < 2:
        raise _error(None, "the entry is missing", _USAGE["func"], "DIRECTIVE")
    word = one(words[1:])
    if word.kind is Kind.INDEX:
        value = integer(word.text[1:])
        if value is None or value > U32:
            raise _error(word, f"'{shortened(word.text)}' is no index of 32 bits", "an index is such as @12")
        assembly.settings.functions.append((name, value))
    elif word.kind is Kind.WORD:
        assembly.settings.functions.append((name, Use(word.text, number, word.start)))
    else:
        raise _error(word, f"expected a label or an index, found '{shortened(word.text)}'", _USAGE["func"], "DIRECTIVE")


def _global(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    assembly.settings.globals.append(_text(one(words)))


def _byte(assembly: Assembly, number: int, words: Sequence[Lexeme]) -> None:
    octets = bytes(natural(one(each), 255, "a byte") for each in split(words))
    assembly.octets(number, words[0].start, octets)


def _section(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    """All four have to be placed, or none."""
    settings = assembly.settings
    if words[0].text not in SECTION_WORDS:
        raise _error(words[0], f"expected {', '.join(SECTION_WORDS)}", _USAGE["section"], "DIRECTIVE")
    if len(words) < 2:
        raise _error(None, "the offset is missing", _USAGE["section"], "DIRECTIVE")
    offset = natural(one(words[1:]), _MOST_FILE, "an offset")
    if not settings.sections:
        settings.sections = dict.fromkeys(range(len(SECTIONS)), HEADER)
    settings.sections[SECTION_WORDS[words[0].text]] = offset


def _fill(assembly: Assembly, _number: int, words: Sequence[Lexeme]) -> None:
    given = split(words)
    offset = natural(one(given[0]), _MOST_FILE, "an offset")
    octets = bytes(natural(one(each), 255, "a byte") for each in given[1:])
    assembly.settings.fills.append((offset, octets))


_Obey = Callable[["Assembly", int, Sequence[Lexeme]], None]
DIRECTIVES: Mapping[str, _Obey] = MappingProxyType(
    {
        "module": _module, "version": _version, "flags": _flags, "const": _const, "func": _func, "global": _global,
        "byte": _byte, "section": _section, "fill": _fill,
    }
)  # fmt: skip
_USAGE: Mapping[str, str] = MappingProxyType(
    {
        "module": '.module "name"', "version": ".version 1", "flags": ".flags 1", "const": '.const k0 string "text"',
        "func": '.func "name" label, or .func "name" @12', "global": '.global "name"', "byte": ".byte 40, 0x28",
        "section": ".section constants 0x24", "fill": ".fill 0x40, 1, 2",
    }
)  # fmt: skip
USAGE = _USAGE
