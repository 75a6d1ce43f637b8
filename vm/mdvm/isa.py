"""The 50 instruction codes of the Machine Dialect VM. Data only; section numbers are those of its reference.

Registers are called d (only written), a, b, c as they stand in the text, k is the index of a constant, t a type id.
Lengths stand in `LAYOUTS`: R is a register of one byte, K and T a number of two, J a jump offset of four.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vm.isa import Condition, Flow, Isa, Op, Operand, OperandKind
from vm.mdvm.vocabulary import WORDING

REGISTERS = 256
SAVED = 64
"""Registers that a call saves, from r0 on. Section 7."""
PASSED = 16
"""Arguments that a call passes at most."""
CALL_DEPTH = 1_000

TYPES = ("empty", "bool", "int", "float", "string", "function", "url")
"""Type ids from 0; everything above is unknown. Section 5."""
EXTENSIONS = frozenset({27, 28, 29, 30})
"""Opcodes the released machine knows and cannot load. Section 6.9."""
ASSERTS = ("true", "nonnull", "range")
"""What an assert can demand, by number."""

_LIMIT = Condition("InstructionLimit", "as many instructions were executed as may be", "instructions.left < 1")
_NO_CONSTANT = Condition("InvalidConstant", "there is no constant of that index")
_NO_NAME = Condition("InvalidConstant", "there is no constant of that index, or it is no string")
_NUMERIC = '(a.kind == "int" or a.kind == "float") and (b.kind == "int" or b.kind == "float")'
_STRINGS = 'a.kind == "string" and b.kind == "string"'
_INTS = 'a.kind == "int" and b.kind == "int"'
_FLOATS = 'a.kind == "float" or b.kind == "float"'
_ZERO = Condition("DivisionByZero", "{b} is Int 0, Float 0.0 or -0.0, whatever {a} is",
                  '(b.kind == "int" or b.kind == "float") and b == 0')  # fmt: skip
_NUMBERS = Condition("TypeMismatch", "{a} and {b} are not both Int or Float", f"not ({_NUMERIC})")
_SUMMANDS = Condition("TypeMismatch", "{a} and {b} are neither both Int or Float nor both String",
                      f"not ({_NUMERIC} or {_STRINGS})")  # fmt: skip
_ORDERED = Condition("InvalidComparison", "{a} and {b} are neither both Int or Float nor both String",
                     f"not ({_NUMERIC} or {_STRINGS})")  # fmt: skip
_LEAST = "-9223372036854775808"
_BEYOND = Condition("IntegerOverflow", "{a} is the least Int and {b} is -1", f"{_INTS} and a == {_LEAST} and b == -1")
_MEMORY = Condition("OutOfMemory", "the result is larger than a value may be")
_NESTED = Condition("TooDeep", "a value is nested deeper than the released machine survives")


def _overflow(formula: str) -> Condition:
    words = "both are Int, and the result does not fit into 64 bits"
    return Condition("IntegerOverflow", words, f"{_INTS} and not fits64({formula})")


def _in(name: str) -> Operand:
    return Operand(name, OperandKind.REGISTER, 1, "r", accepts="any")


def _out(name: str = "d") -> Operand:
    return Operand(name, OperandKind.REGISTER, 1, "w", becomes="any")


def _both(name: str) -> Operand:
    return Operand(name, OperandKind.REGISTER, 1, "rw", accepts="any", becomes="any")


_D, _A, _B, _C = _out(), _in("a"), _in("b"), _in("c")
_K, _T = Operand("k", OperandKind.IMMEDIATE, 2), Operand("t", OperandKind.IMMEDIATE, 2)
_J = Operand("j", OperandKind.TARGET, 4)
_ID = Operand("id", OperandKind.IMMEDIATE, 2)


def _row(
    code: int,
    name: str,
    layout: str,
    operands: tuple[Operand, ...],
    group: str,
    doc: str,
    *conditions: Condition,
    section: str,
    flow: Flow = Flow.NEXT,
    moves: bool = False,
    selects: tuple[str, ...] = (),
    formula: tuple[str, ...] = (),
    taken: str = "",
) -> Op:
    every = (_LIMIT, *conditions)
    return Op(
        code, name, operands, flow=flow, group=group, doc=doc, section=section, layout=layout, moves=moves,
        selects=selects, conditions=every, faults=tuple(dict.fromkeys(each.identity for each in every)),
        formula=formula, taken=taken,
    )  # fmt: skip


def _binary(code: int, name: str, group: str, doc: str, *conditions: Condition, section: str, formula: str = "") -> Op:
    lines = tuple(formula.split("; ")) if formula else ()
    return _row(code, name, "RRR", (_D, _A, _B), group, doc, *conditions, section=section, formula=lines)


def _unary(code: int, name: str, group: str, doc: str, *conditions: Condition, section: str, formula: str = "") -> Op:
    lines = (formula,) if formula else ()
    return _row(code, name, "RR", (_D, _A), group, doc, *conditions, section=section, formula=lines)


MOVING = (
    _row(0, "load_const", "RK", (_D, _K), "value", "Put constant k into d.", _NO_CONSTANT, section="6.1", moves=True),
    _row(1, "move", "RR", (_D, _A), "value", "Put the value of a into d, with the type tag of the value.",
         section="6.2", moves=True),
    _row(2, "load_global", "RK", (_D, _K), "global", "Put the global named by constant k into d, Empty if it is unset.",
         _NO_NAME, section="6.1", moves=True),
    _row(3, "store_global", "RK", (_A, _K), "global", "Put the value of a into the global named by constant k.",
         _NO_NAME, section="6.1", moves=True),
)  # fmt: skip

TYPING = (
    _row(4, "define", "RT", (Operand("d", OperandKind.REGISTER, 1, "w"), _T), "type",
         "Set the type tag of d to t and leave its value; the tag lasts until d is written.", section="6.2"),
    _row(5, "check_type", "RRT", (_D, _A, _T), "type",
         "Put into d whether the type tag of a is t; the tag is that of the value, unless a define said otherwise.",
         section="6.2"),
    _row(6, "cast", "RRT", (_D, _A, _T), "type", "Put a converted to the type t into d.",
         Condition("TypeMismatch", "{a} cannot be converted to that type"), _MEMORY, _NESTED, section="6.3"),
)  # fmt: skip

ARITHMETIC = (
    _binary(7, "add", "arithmetic", "Put a + b into d; two strings are joined.", _SUMMANDS, _overflow("a + b"), _MEMORY,
            section="6.4", formula="d = a + b"),
    _binary(8, "sub", "arithmetic", "Put a - b into d.", _NUMBERS, _overflow("a - b"), section="6.4",
            formula="d = a - b"),
    _binary(9, "mul", "arithmetic", "Put a times b into d.", _NUMBERS, _overflow("a * b"), section="6.4",
            formula="d = a * b"),
    _binary(10, "div", "arithmetic", "Put a divided by b into d, of two Ints truncated towards zero.", _ZERO, _NUMBERS,
            _BEYOND, section="6.4", formula=f"d = quotient(a, b) if {_INTS}; d = a / b if {_FLOATS}"),
    _binary(11, "mod", "arithmetic", "Put the remainder of a by b into d, with the sign of a.", _ZERO, _NUMBERS,
            _BEYOND, section="6.4", formula="d = remainder(a, b)"),
    _unary(12, "neg", "arithmetic", "Put -a into d.",
           Condition("InvalidOperation", "{a} is neither Int nor Float", 'not (a.kind == "int" or a.kind == "float")'),
           Condition("IntegerOverflow", "{a} is the least Int", f'a.kind == "int" and a == {_LEAST}'), section="6.4",
           formula="d = -a"),
)  # fmt: skip

LOGIC = (
    _unary(13, "not", "logic", "Put into d whether a is false.", section="2.2", formula="d = bool(not a)"),
    _binary(14, "and", "logic", "Put into d whether a and b are both true.", section="2.2",
            formula="d = bool(a and b)"),
    _binary(15, "or", "logic", "Put into d whether a or b is true.", section="2.2", formula="d = bool(a or b)"),
)  # fmt: skip

COMPARING = (
    _binary(16, "eq", "compare", "Put into d whether a equals b; an Int and a Float are compared as Floats.", _NESTED,
            section="2.4", formula="d = equal(a, b)"),
    _binary(17, "neq", "compare", "Put into d whether a differs from b.", _NESTED, section="2.4",
            formula="d = bool(not equal(a, b))"),
    _binary(18, "lt", "compare", "Put into d whether a is less than b.", _ORDERED, section="2.5",
            formula="d = bool(a < b)"),
    _binary(19, "gt", "compare", "Put into d whether a is greater than b.", _ORDERED, section="2.5",
            formula="d = bool(a > b)"),
    _binary(20, "lte", "compare", "Put into d whether a is at most b.", _ORDERED, section="2.5",
            formula="d = bool(a <= b)"),
    _binary(21, "gte", "compare", "Put into d whether a is at least b.", _ORDERED, section="2.5",
            formula="d = bool(a >= b)"),
)  # fmt: skip

FLOW = (
    _row(22, "jump", "J", (_J,), "control", "Continue at j.", section="6.8", flow=Flow.JUMP),
    _row(23, "jump_if", "RJ", (_A, _J), "control", "Continue at j if a is true.", section="6.8", flow=Flow.BRANCH,
         taken="a"),
    _row(24, "jump_if_not", "RJ", (_A, _J), "control", "Continue at j if a is false.", section="6.8",
         flow=Flow.BRANCH, taken="not a"),
    _row(25, "call", "call", (_D, Operand("f", OperandKind.REGISTER, 1, "r", accepts="any")), "call",
         "Call the function whose name, or entry, is in f: save r0 to r63, copy the arguments to r0, r1 and so on, one "
         "after the other, and continue at its entry. What it returns comes into d.",
         Condition("UndefinedFunction", "{f} holds no String or Int, or there is no function of that name"),
         Condition("StackOverflow", f"{CALL_DEPTH:,} calls are open already"), section="7", flow=Flow.JUMP),
    _row(26, "return", "return", (), "call",
         "Go back behind the call, with r0 to r63 as they were there, then put the value into its d, if one is given; "
         "without an open call, end the program.", section="7", flow=Flow.JUMP),
)  # fmt: skip

UNLOADABLE = (
    _row(27, "phi", "phi", (_D,), "extension",
         "Put into d the register whose label is where the last taken jump stands. The released machine cannot load "
         "it.", section="6.9"),
    _row(28, "assert", "assert", (_A,), "extension",
         "Fail unless a is true, is not Empty, or is an Int in a range. The released machine cannot load it.",
         Condition("AssertionFailed", "{a} is not what is demanded"), _NO_NAME, section="6.9"),
    _row(29, "scope_enter", "T", (_ID,), "extension",
         "Put an id on the stack of scopes. The released machine cannot load it.", section="6.9"),
    _row(30, "scope_exit", "T", (_ID,), "extension",
         "Take an id from the stack of scopes, if it is on top. The released machine cannot load it.", section="6.9"),
)  # fmt: skip

_NO_ARRAY = Condition("TypeMismatch", "{a} is no Array", "not sequence(a)")
_NO_INDEX = Condition("TypeMismatch", "{b} is no Int", 'b.kind != "int"')
_OUTSIDE = Condition("IndexOutOfBounds", "{b} is below 0 or not below the length", "b < 0 or b >= a.length")
_NO_DICT = Condition("TypeMismatch", "{a} is no Dict", 'a.kind != "dict"')
_NO_KEY = Condition("TypeMismatch", "{b} is no String", 'b.kind != "string"')

COLLECTIONS = (
    _binary(31, "concat", "string", "Put the text of a followed by the text of b into d.", _MEMORY, _NESTED,
            section="6.5"),
    _unary(32, "str_len", "string", "Put the length of the string a into d, in bytes of UTF-8.",
           Condition("TypeMismatch", "{a} is no String", 'a.kind != "string"'), section="6.5"),
    _unary(33, "new_array", "array", "Put an array of a times Empty into d.",
           Condition("TypeMismatch", "{a} is no Int", 'a.kind != "int"'),
           Condition("InvalidOperation", "{a} is negative", "a < 0"), _MEMORY, section="6.6", formula="d.length = a"),
    _row(34, "array_get", "RRR", (_D, _A, _B), "array", "Put the element of array a at index b, from 0, into d.",
         _NO_ARRAY, _NO_INDEX, _OUTSIDE, section="6.6", selects=("b",), formula=("d = a[b]",)),
    _row(35, "array_set", "RRR", (_both("a"), _B, _C), "array",
         "Put into a a copy of its array that has c at index b; other holders of the array keep the old one.",
         _NO_ARRAY, _NO_INDEX, _OUTSIDE, _MEMORY, section="6.6", selects=("b",), formula=("a[b] = c",)),
    _unary(36, "array_len", "array", "Put the length of array a into d.", _NO_ARRAY, section="6.6",
           formula="d = a.length"),
    _row(37, "print", "R", (_A,), "output", "Print a and a line end; of Empty, print nothing at all.", _MEMORY, _NESTED,
         section="3"),
    _row(38, "breakpoint", "", (), "control", "Do nothing; a debugger may stop here.", section="5"),
    _row(39, "halt", "", (), "control", "End the program without a result, inside calls as well.", section="8",
         flow=Flow.HALT),
    _row(40, "nop", "", (), "control", "Do nothing.", section="5"),
    _row(41, "dict_new", "R", (_D,), "dict", "Put an empty dict into d.", section="6.7"),
    _row(42, "dict_get", "RRR", (_D, _A, _B), "dict", "Put the value of key b in dict a into d, Empty if it has none.",
         _NO_DICT, _NO_KEY, section="6.7", selects=("b",)),
    _row(43, "dict_set", "RRR", (_both("a"), _B, _C), "dict",
         "Put into a a copy of its dict that has c under key b; other holders of the dict keep the old one.",
         _NO_DICT, _NO_KEY, _MEMORY, section="6.7", selects=("b",)),
    _row(44, "dict_remove", "RR", (_both("a"), _B), "dict",
         "Put into a a copy of its dict without key b, which may be missing.", _NO_DICT, _NO_KEY, section="6.7",
         selects=("b",)),
    _row(45, "dict_contains", "RRR", (_D, _A, _B), "dict", "Put into d whether dict a has key b.", _NO_DICT, _NO_KEY,
         section="6.7", selects=("b",)),
    _unary(46, "dict_keys", "dict", "Put an array of the keys of dict a into d.", _NO_DICT, section="6.7"),
    _unary(47, "dict_values", "dict", "Put an array of the values of dict a into d.", _NO_DICT, section="6.7"),
    _row(48, "dict_clear", "R", (_both("a"),), "dict", "Put an empty dict into a, which must be a dict.", _NO_DICT,
         section="6.7"),
    _unary(49, "dict_len", "dict", "Put the number of keys of dict a into d.", _NO_DICT, section="6.7"),
)  # fmt: skip

ISA = Isa("mdvm", (*MOVING, *TYPING, *ARITHMETIC, *LOGIC, *COMPARING, *FLOW, *UNLOADABLE, *COLLECTIONS), WORDING)

TRACED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "load_const": ("LoadConstR", "dst", "const_idx"),
        "move": ("MoveR", "dst", "src"),
        "load_global": ("LoadGlobalR", "dst", "name_idx"),
        "store_global": ("StoreGlobalR", "src", "name_idx"),
        "define": ("DefineR", "dst", "type_id"),
        "check_type": ("CheckTypeR", "dst", "src", "type_id"),
        "cast": ("CastR", "dst", "src", "to_type"),
        **{
            name: (f"{shown}R", "dst", "left", "right")
            for name, shown in {
                "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "mod": "Mod", "and": "And", "or": "Or",
                "eq": "Eq", "neq": "Neq", "lt": "Lt", "gt": "Gt", "lte": "Lte", "gte": "Gte", "concat": "ConcatStr",
            }.items()
        },
        "neg": ("NegR", "dst", "src"),
        "not": ("NotR", "dst", "src"),
        "jump": ("JumpR", "offset"),
        "jump_if": ("JumpIfR", "cond", "offset"),
        "jump_if_not": ("JumpIfNotR", "cond", "offset"),
        "call": ("CallR", "func", "args", "dst"),
        "return": ("ReturnR", "src"),
        "phi": ("PhiR", "dst", "sources"),
        "assert": ("AssertR", "reg", "kind"),
        "scope_enter": ("ScopeEnterR", "scope_id"),
        "scope_exit": ("ScopeExitR", "scope_id"),
        "str_len": ("StrLenR", "dst", "str_reg"),
        "new_array": ("NewArrayR", "dst", "size"),
        "array_get": ("ArrayGetR", "dst", "array", "index"),
        "array_set": ("ArraySetR", "array", "index", "value"),
        "array_len": ("ArrayLenR", "dst", "array"),
        "print": ("DebugPrint", "src"),
        "breakpoint": ("BreakPoint",),
        "halt": ("Halt",),
        "nop": ("Nop",),
        "dict_new": ("DictNewR", "dst"),
        "dict_get": ("DictGetR", "dst", "dict", "key"),
        "dict_set": ("DictSetR", "dict", "key", "value"),
        "dict_remove": ("DictRemoveR", "dict", "key"),
        "dict_contains": ("DictContainsR", "dst", "dict", "key"),
        "dict_keys": ("DictKeysR", "dst", "dict"),
        "dict_values": ("DictValuesR", "dst", "dict"),
        "dict_clear": ("DictClearR", "dict"),
        "dict_len": ("DictLenR", "dst", "dict"),
    }
)  # fmt: skip
"""What the debug trace calls an instruction and its operands, in the order of the trace. Section 12."""
