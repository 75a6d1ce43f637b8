"""Reads the operands of an instruction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.assembler import shortened, suggest
from vm.isa import Op
from vm.mdvm.container import Constant, constant
from vm.mdvm.encoding import MOST_ARGUMENTS
from vm.mdvm.isa import ASSERTS, REGISTERS, TYPES
from vm.mdvm.lexing import LABEL, Kind, Lexeme, floating, integer, string
from vm.mdvm.notation import CONSTANT, REGISTER

if TYPE_CHECKING:
    from vm.mdvm.assembler import Part

_U16 = 0xFFFF
_I64 = 1 << 63
_WORDS: dict[str, bool | float | None] = {
    "true": True, "false": False, "empty": None, "inf": float("inf"), "nan": float("nan"),
}  # fmt: skip
_SHAPES = {
    "R": "a register", "K": "a constant", "T": "a type", "J": "a label",
}  # fmt: skip
_EXAMPLES = {"R": "r0", "K": "42", "T": "int", "J": "loop"}


def usage(op: Op) -> str:
    """How an instruction is written: `add r0, r1, r2`."""
    if op.layout == "call":
        return "call r0, r1, r2, …  (into, function, arguments)"
    if op.layout == "return":
        return "return r0, or return"
    if op.layout == "phi":
        return "phi r0, [r1, label], [r2, 7]"
    if op.layout == "assert":
        return 'assert r0, true, "text", or nonnull, or range, -5, 5'
    if op.group == "extension":
        return f"{op.name} 1"
    numbered, words = 0, []
    for letter in op.layout:
        words.append(f"r{numbered}" if letter == "R" else _EXAMPLES[letter])
        numbered += letter == "R"
    return f"{op.name} {', '.join(words)}".rstrip()


def _error(at: Lexeme | None, message: str, hint: str = "", kind: str = "OPERAND") -> Exception:
    from vm.mdvm.assembler import OperandError  # which imports this module

    return OperandError(at, message, hint, kind)


def split(words: Sequence[Lexeme]) -> list[list[Lexeme]]:
    """Operands apart, at the commas between them; what stands in brackets is one."""
    if not words:
        return []
    found: list[list[Lexeme]] = [[]]
    open_bracket = False
    for word in words:
        open_bracket = word.text == "[" or (open_bracket and word.text != "]")
        if word.text == "," and not open_bracket:
            if not found[-1]:
                raise _error(word, "an operand is missing before the comma")
            found.append([])
        else:
            found[-1].append(word)
    if not found[-1]:
        raise _error(words[-1], "an operand is missing behind the comma")
    return found


def one(words: Sequence[Lexeme]) -> Lexeme:
    """The token an operand is."""
    if len(words) > 1:
        raise _error(words[1], f"expected a comma or the end of the line, found '{shortened(words[1].text)}'",
                     "operands have commas between them, a comment begins with ;", "PARSE")  # fmt: skip
    return words[0]


def read(number: int, op: Op, given: Sequence[Sequence[Lexeme]], name: Lexeme) -> Sequence[Part]:
    """The operands of an instruction in a line."""
    if op.layout == "call":
        return _call(op, given)
    if op.layout == "return":
        if len(given) > 1:
            raise _error(given[1][0], "return takes one register at most", usage(op))
        return [register(one(each)) for each in given]
    if op.layout == "phi":
        return _phi(number, op, given)
    if op.layout == "assert":
        return _assert(op, given)
    words = [one(each) for each in given]
    if len(given) > len(op.layout):
        count = len(op.layout)
        message = f"{op.name} takes {count or 'no'} operand{'' if count == 1 else 's'}, and there are {len(given)}"
        raise _error(words[count], message, usage(op))
    if len(given) < len(op.layout):
        wanted = _SHAPES[op.layout[len(given)]]
        raise _error(None, f"{op.name} needs {wanted} more", f"{op.name} is written {usage(op)}")
    return [_plain(number, op, letter, word) for letter, word in zip(op.layout, words, strict=True)]


def _plain(number: int, op: Op, letter: str, word: Lexeme) -> Part:
    if letter == "R":
        return register(word)
    if letter == "K":
        return _constant(word)
    if letter == "J":
        return _target(number, word)
    return type_id(word) if op.group == "type" else natural(word, _U16, "an id")


def register(word: Lexeme) -> int:
    """The number of a register."""
    found = REGISTER.fullmatch(word.text)
    if found is not None and int(found[1]) < REGISTERS:
        return int(found[1])
    hint = "registers are r0 to r255"
    digits = word.text[1:]
    if word.text[:1] in ("R", "r") and digits.isascii() and digits.isdigit():
        raise _error(word, *_misspelt(word.text, digits.lstrip("0") or "0"))
    if word.kind in (Kind.NUMBER, Kind.STRING):
        hint = f"load it into a register first: load_const r0, {shortened(word.text)}"
    raise _error(word, f"expected a register, found '{shortened(word.text)}'", hint)


def _misspelt(text: str, number: str) -> tuple[str, str]:
    """What is wrong with an `r` and digits that are no register, and what to do about it."""
    if len(number) > 3 or int(number) >= REGISTERS:
        return f"there is no register {shortened(text)}", f"there are {REGISTERS}, r0 to r{REGISTERS - 1}"
    why = "with a small r" if text[0] == "R" else "without zeros in front"
    return f"expected a register, found '{shortened(text)}'", f"registers are written {why}: r{number}"


def natural(word: Lexeme, most: int, what: str) -> int:
    """A number from 0 on."""
    value = integer(word.text) if word.kind is Kind.NUMBER else None
    if value is None or not 0 <= value <= most:
        raise _error(word, f"expected {what} from 0 to {most:,}, found '{shortened(word.text)}'", kind="VALUE_RANGE")
    return value


def type_id(word: Lexeme) -> int:
    """A type by name, or `type:N`."""
    if word.text in TYPES:
        return TYPES.index(word.text)
    if word.kind is Kind.PREFIXED and word.text.startswith("type:"):
        value = integer(word.text.removeprefix("type:"))
        if value is not None and 0 <= value <= _U16:
            return value
        raise _error(word, "type ids are 0 to 65,535", kind="VALUE_RANGE")
    near = suggest(word.text, TYPES)
    hint = f"did you mean {near}?" if near else f"types are {', '.join(TYPES)}, or type:7 by number"
    raise _error(word, f"expected a type, found '{shortened(word.text)}'", hint)


def _constant(word: Lexeme) -> Part:
    """A constant by its index or by its value."""
    found = CONSTANT.fullmatch(word.text)
    if found is not None:
        if int(found[1]) > _U16:
            raise _error(word, f"constants are k0 to k{_U16}", kind="VALUE_RANGE")
        return int(found[1])
    return literal(word)


def literal(word: Lexeme, kind: str = "") -> Constant:
    """A constant by its value; of a certain kind, if one is given."""
    if word.kind is Kind.STRING:
        text = string(word.text)
        if text is None:
            hint = 'a string is such as "text", with \\" for a quote and \\\\ for a backslash, as in JSON'
            raise _error(word, f"this is no string: {shortened(word.text)}", hint, "PARSE")
        return constant(text)
    if word.text in _WORDS:
        return constant(_WORDS[word.text])
    if word.kind is Kind.PREFIXED and word.text.startswith("bits:"):
        return _bits(word)
    if word.kind is Kind.NUMBER:
        return _number(word, kind)
    hint = 'constants are such as 42, 2.5, "text", true, false, empty, or k0 by index'
    raise _error(word, f"expected a constant, found '{shortened(word.text)}'", hint)


def _bits(word: Lexeme) -> Constant:
    digits = word.text.removeprefix("bits:")
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        data = b""
    if len(data) != 8:
        raise _error(word, "bits: takes 16 hexadecimal digits", "bits:7ff8000000000000 is NaN", "VALUE_RANGE")
    return Constant(2, data[::-1])


def _number(word: Lexeme, kind: str) -> Constant:
    value = integer(word.text)
    if value is not None and kind != "float":
        if -_I64 <= value < _I64:
            return constant(value)
        raise _error(word, f"{shortened(word.text)} is no Int of 64 bits", f"a Float is written {value}.0"[:80],
                     "VALUE_RANGE")  # fmt: skip
    real = floating(word.text)
    if real is None:
        raise _error(word, f"'{shortened(word.text)}' is no number", "numbers are such as 42, -0x10, 2.5, 1e21",
                     "PARSE")  # fmt: skip
    return constant(real)


def _target(number: int, word: Lexeme) -> Part:
    from vm.mdvm.assembler import Absolute, Offset, Use

    if word.kind is Kind.WORD and LABEL.fullmatch(word.text):
        return Use(word.text, number, word.start)
    if word.kind is Kind.INDEX:
        value = integer(word.text[1:])
        if value is None or value >= _I64:
            raise _error(word, f"'{shortened(word.text)}' is no index", "an index is such as @12", "PARSE")
        return Absolute(value)
    if word.kind is Kind.NUMBER and word.text[0] in "+-":
        value = integer(word.text)
        if value is None or not -(1 << 31) <= value < 1 << 31:
            raise _error(word, "offsets have 32 bits", "an offset is such as +3 or -5", "VALUE_RANGE")
        return Offset(value)
    hint = "jumps lead to a label, by an offset from the next instruction such as +3 or -5, or to an index such as @12"
    raise _error(word, f"expected a label, found '{shortened(word.text)}'", hint)


def _call(op: Op, given: Sequence[Sequence[Lexeme]]) -> Sequence[Part]:
    if len(given) < 2:
        raise _error(None, "call needs two registers at least: for the result, and the function", usage(op))
    if len(given) > 2 + MOST_ARGUMENTS:
        raise _error(given[2 + MOST_ARGUMENTS][0], f"a call has {MOST_ARGUMENTS} arguments at most", kind="VALUE_RANGE")
    return [register(one(each)) for each in given]


def _phi(number: int, op: Op, given: Sequence[Sequence[Lexeme]]) -> Sequence[Part]:
    if not given:
        raise _error(None, "phi needs a register", usage(op))
    if len(given) - 1 > MOST_ARGUMENTS:
        raise _error(given[-1][0], f"a phi has {MOST_ARGUMENTS} sources at most", kind="VALUE_RANGE")
    found: list[Part] = [register(one(given[0]))]
    for words in given[1:]:
        if len(words) != 5 or (words[0].text, words[2].text, words[4].text) != ("[", ",", "]"):
            raise _error(words[0], "a source of a phi is a register and a label in brackets", usage(op), "PARSE")
        found.append(register(words[1]))
        label = words[3]
        found.append(natural(label, _U16, "a label") if label.kind is Kind.NUMBER else _target(number, label))
    return found


def _assert(op: Op, given: Sequence[Sequence[Lexeme]]) -> Sequence[Part]:
    if len(given) < 3:
        raise _error(None, "assert needs a register, what it demands, and a message", usage(op))
    checked, demand = register(one(given[0])), one(given[1])
    if demand.text not in ASSERTS:
        raise _error(demand, f"expected {', '.join(ASSERTS)}, found '{shortened(demand.text)}'", usage(op))
    kind = ASSERTS.index(demand.text)
    bounds = [_bound(one(each)) for each in given[2:-1]]
    if len(bounds) != (2 if demand.text == "range" else 0):
        raise _error(given[2][0], "range takes two bounds, and the others none", usage(op))
    return [checked, kind, _constant(one(given[-1])), *bounds]


def _bound(word: Lexeme) -> int:
    value = integer(word.text) if word.kind is Kind.NUMBER else None
    if value is None or not -_I64 <= value < _I64:
        raise _error(word, f"expected a bound of 64 bits, found '{shortened(word.text)}'", kind="VALUE_RANGE")
    return value
