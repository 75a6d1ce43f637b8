"""What single instructions become. Whatever has no row here is done by its handler, beside the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from vm.mdvm.compiled.facts import ANY, NEVER, Facts, kind_of
from vm.mdvm.isa import SAVED, TYPES
from vm.mdvm.program import Instruction

if TYPE_CHECKING:
    from vm.mdvm.compiled.writer import Writer

Lowering: TypeAlias = "Callable[[Writer, Facts, Instruction], bool]"
"""Writes an instruction; False if it cannot, and the unit is left before it."""

_SMALL = (1 << 30) - 1
"""The greatest integer that Python compares fast."""
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*"}
COMPARISONS = {"eq": "==", "neq": "!=", "lt": "<", "gt": ">", "lte": "<=", "gte": ">="}
_NUMBERS = ("int", "float")
_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "check_type": "bool", "not": "bool", "and": "bool", "or": "bool", **dict.fromkeys(COMPARISONS, "bool"),
        "concat": "str", "str_len": "int", "new_array": "array", "array_set": "array", "array_len": "int",
        "dict_new": "dict", "dict_set": "dict", "dict_remove": "dict", "dict_contains": "bool", "dict_keys": "array",
        "dict_values": "array", "dict_clear": "dict", "dict_len": "int",
    }
)  # fmt: skip
"""Kinds of what instructions give that give but one."""
_CASTS = {"bool": "bool", "int": "int", "float": "float", "string": "str"}


def by_handler(w: Writer, facts: Facts, each: Instruction) -> bool:
    """Have the handler of the interpreter do it, on registers beside the machine."""
    op = each.op
    if op is None:
        return False
    w.sheet.handlers.add(each.pc)
    written = [register for operand, register in zip(op.operands, each.operands, strict=False) if "w" in operand.access]
    for operand, register in zip(op.operands, each.operands, strict=False):
        if "r" in operand.access:
            w.line(f"G[{register}] = {w.read(facts, register)}")
    w.line("try:")
    w.line(f"H{each.pc}()", 1)
    w.line("except Fault:")
    w.leave(each.pc, facts, more=1)
    if each.name == "define":
        facts.untagged.discard(each.operands[0])
    elif written:
        w.line(f"{w.name(written[0])} = G[{written[0]}]")
        w.put(facts, written[0], _result(each))
    return True


def _result(each: Instruction) -> str:
    if each.name == "cast":
        kind = each.operands[-1]
        return _CASTS.get(TYPES[kind], ANY) if kind < len(TYPES) else ANY
    return _RESULTS.get(each.name, ANY)


def _expected(w: Writer, facts: Facts, each: Instruction, wanted: Mapping[int, str]) -> None:
    """Leave if operands of unknown kind are not of the kind that is wanted."""
    tests = []
    for register, kind in wanted.items():
        if facts.kind(register) == ANY:
            tests.append(f"type({w.read(facts, register)}) is not {w.sheet.type_of(kind)}")
    if tests:
        w.line(f"if {' or '.join(tests)}:")
        w.leave(each.pc, facts, more=1, guessed=True)
    for register, kind in wanted.items():
        if register < SAVED and facts.kind(register) == ANY:
            facts.kinds[register] = kind


def _kinds(w: Writer, facts: Facts, each: Instruction, kinds: tuple[str, ...]) -> tuple[str, str]:
    """The kinds of two operands, an unknown one guessed to be like the other."""
    a, b = each.operands[-2:]
    known = ["int" if facts.kind(register) == NEVER else facts.kind(register) for register in (a, b)]
    guess = next((kind for kind in known if kind in kinds), "int")
    if ANY in known and all(kind in kinds for kind in known if kind != ANY):
        _expected(w, facts, each, dict.fromkeys((a, b), guess))
        known = [guess if kind == ANY else kind for kind in known]
    w.note(each.pc, tuple(known))
    return known[0], known[1]


def _arithmetic(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a, b = each.operands
    kinds = _kinds(w, facts, each, _NUMBERS)
    if not set(kinds) <= set(_NUMBERS):
        return by_handler(w, facts, each)
    text = f"{w.read(facts, a)} {_SYMBOLS[each.name]} {w.read(facts, b)}"
    if kinds == ("int", "int"):
        _checked(w, facts, each, text)
    else:
        w.line(f"{w.name(d)} = {text}")
        w.put(facts, d, "float")
    return True


def _checked(w: Writer, facts: Facts, each: Instruction, text: str) -> None:
    """Write an Int, unless it does not fit."""
    d = each.operands[0]
    if w.fits(each.pc):
        w.line(f"{w.name(d)} = {text}")
    else:
        w.line(f"t = {text}")
        w.line(f"if (t > {_SMALL} or t < -{_SMALL}) and not LEAST <= t <= MOST:")
        w.leave(each.pc, facts, more=1)
        w.line(f"{w.name(d)} = t")
    w.put(facts, d, "int")


def _divided(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a, b = each.operands
    kinds = _kinds(w, facts, each, _NUMBERS)
    if not set(kinds) <= set(_NUMBERS):
        return by_handler(w, facts, each)
    x, y = w.read(facts, a), w.read(facts, b)
    if kinds != ("int", "int"):
        w.line(f"if {y} == 0:")
        w.leave(each.pc, facts, more=1)
        w.line(f"{w.name(d)} = " + (f"{x} / {y}" if each.name == "div" else f"float_remainder({x}, {y})"))
        w.put(facts, d, "float")
        return True
    _divided_ints(w, facts, each, x, y)
    w.put(facts, d, "int")
    return True


def _divided_ints(w: Writer, facts: Facts, each: Instruction, x: str, y: str) -> None:
    """Write the quotient or remainder of two Ints; Python rounds otherwise where one of them is negative."""
    sign, call = ("//", "quotient") if each.name == "div" else ("%", "remainder")
    divisor, (least, least_divisor) = facts.constants.get(each.operands[2]), w.least(each.pc)
    is_positive = (type(divisor) is int and divisor > 0) or w.fits(each.pc) or least_divisor > 0
    if not is_positive:
        never = least >= 0 or least_divisor >= 0
        w.line(f"if {y} == 0:" if never else f"if {y} == 0 or ({y} == -1 and {x} == LEAST):")
        w.leave(each.pc, facts, more=1)
    plain, into = f"{x} {sign} {y}", w.name(each.operands[0])
    if is_positive:
        w.line(f"{into} = {plain}" if least >= 0 else f"{into} = {plain} if {x} >= 0 else -(-{plain})")
        return
    tests = [f"{x} >= 0"] * (least < 0) + [f"{y} > 0"] * (least_divisor < 0)
    w.line(f"{into} = {plain}" + (f" if {' and '.join(tests)} else {call}({x}, {y})" if tests else ""))


def _negated(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a = each.operands
    kind = facts.kind(a)
    if kind in (ANY, NEVER):
        _expected(w, facts, each, {a: "int"})
        kind = "int"
    w.note(each.pc, (kind,))
    if kind not in _NUMBERS:
        return by_handler(w, facts, each)
    if kind == "int":
        _checked(w, facts, each, f"-{w.read(facts, a)}")
    else:
        w.line(f"{w.name(d)} = -{w.read(facts, a)}")
        w.put(facts, d, "float")
    return True


# Truth and comparing


def truth_text(w: Writer, facts: Facts, register: int) -> str:
    """The text of a condition that holds if what is in a register is true."""
    text, kind = w.read(facts, register), facts.kind(register)
    if kind in ("bool", "int", "str"):
        return text
    if kind == "float":
        return f"{text} and {text} == {text}"
    return "False" if kind == "empty" else f"truth({text})"


def condition(w: Writer, facts: Facts, each: Instruction) -> str:
    """The text of what a comparison finds; empty if its handler must be asked."""
    a, b = each.operands[-2:]
    left, right = _kinds(w, facts, each, ("int", "float", "str"))
    x, y = w.read(facts, a), w.read(facts, b)
    if {left, right} == {"int", "float"}:
        x, y = (f"float({x})", y) if left == "int" else (x, f"float({y})")
    elif left != right or (left not in ("int", "float", "str") and (left != "bool" or each.name not in ("eq", "neq"))):
        return ""
    return f"{x} {COMPARISONS[each.name]} {y}"


def _compared(w: Writer, facts: Facts, each: Instruction) -> bool:
    text = condition(w, facts, each)
    if not text:
        return by_handler(w, facts, each)
    w.line(f"{w.name(each.operands[0])} = {text}")
    w.put(facts, each.operands[0], "bool")
    return True


def _logic(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, *sources = each.operands
    texts = [_as_bool(truth_text(w, facts, source), facts.kind(source)) for source in sources]
    if each.name == "not":
        texts[0] = f"not {texts[0]}"
    w.line(f"{w.name(d)} = " + f" {each.name} ".join(texts))
    w.put(facts, d, "bool")
    return True


def _as_bool(text: str, kind: str) -> str:
    return text if kind == "bool" or text == "False" or text.startswith("truth") else f"(True if {text} else False)"


# Moving


def _constant(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, k = each.operands
    constants = w.program.constants
    if k >= len(constants):
        return False
    value = constants[k]
    kind = kind_of(value)  # type: ignore[arg-type]
    if d in facts.bound and d in facts.constants and facts.constants[d] is value:
        text = ""  # it is there already
    else:
        text = repr(value) if kind in ("int", "bool", "empty") else w.sheet.keep("K", value)  # type: ignore[arg-type]
    pending = facts.pending.get(d)
    if text and d >= SAVED:
        w.line(f"{w.name(d)} = {text}")
    w.put(facts, d, kind)
    if d < SAVED:
        facts.constants[d] = value  # type: ignore[assignment]
        if text or pending is not None:
            facts.pending[d] = text or str(pending)
    return True


def _moved(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a = each.operands
    w.line(f"{w.name(d)} = {w.read(facts, a)}")
    kind, constants = facts.kind(a), facts.constants
    known, value = a in constants, constants.get(a)
    w.put(facts, d, kind)
    if known and d < SAVED:
        constants[d] = value
    return True


def _nothing(w: Writer, facts: Facts, each: Instruction) -> bool:
    return True


# Arrays


def _element(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a, b = each.operands
    _expected(w, facts, each, {a: "array", b: "int"} if a != b else {})
    if facts.kind(a) not in ("array", ANY) or facts.kind(b) not in ("int", ANY) or a == b:
        return by_handler(w, facts, each)
    x, y = w.read(facts, a), w.read(facts, b)
    w.line(f"if not 0 <= {y} < {x}.length:")
    w.leave(each.pc, facts, more=1)
    w.line(f"t = {x}.bits")
    w.line(f"{w.name(d)} = {x}.pieces[{y} >> t][{y} & (1 << t) - 1]")
    w.put(facts, d, ANY)
    return True


def _element_put(w: Writer, facts: Facts, each: Instruction) -> bool:
    a, b, c = each.operands
    _expected(w, facts, each, {a: "array", b: "int"} if a != b else {})
    if facts.kind(a) not in ("array", ANY) or facts.kind(b) not in ("int", ANY) or a == b:
        return by_handler(w, facts, each)
    x, y, value = w.read(facts, a), w.read(facts, b), w.read(facts, c)
    w.line(f"if not 0 <= {y} < {x}.length:")
    w.leave(each.pc, facts, more=1)
    w.line("try:")
    w.line(f"{x} = replaced({x}, {y}, {value}, m.memory_limit, IN_VARIABLE)", 1)
    w.line("except Fault:")
    w.leave(each.pc, facts, more=1)
    w.put(facts, a, "array")
    return True


def _length(w: Writer, facts: Facts, each: Instruction) -> bool:
    d, a = each.operands
    _expected(w, facts, each, {a: "array"})
    if facts.kind(a) not in ("array", ANY):
        return by_handler(w, facts, each)
    w.line(f"{w.name(d)} = {w.read(facts, a)}.length")
    w.put(facts, d, "int")
    return True


LOWERINGS: Mapping[str, Lowering] = MappingProxyType(
    {
        "load_const": _constant, "move": _moved, "nop": _nothing, "breakpoint": _nothing,
        **dict.fromkeys(_SYMBOLS, _arithmetic), "div": _divided, "mod": _divided, "neg": _negated,
        "not": _logic, "and": _logic, "or": _logic, **dict.fromkeys(COMPARISONS, _compared),
        "array_get": _element, "array_set": _element_put, "array_len": _length,
    }
)  # fmt: skip
