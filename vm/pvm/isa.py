"""The 139 instructions of the PVM. Data only; section numbers are those of the PVM reference.

Operands are called as there: registers a, b and d (d only written), immediates x and y. `u32`, `s32`, `u64` and so on
in formulas take the low bits of a number, unsigned or signed; `little` is the number that octets of memory spell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from vm.isa import Condition, Flow, Isa, Op, Operand, OperandKind
from vm.pvm.vocabulary import WORDING

REGISTERS = ("ra", "sp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5")
"""What the 13 registers are called, by number. Section 2."""
HALT_ADDRESS = 0xFFFF0000
"""A dynamic jump there ends the program. Section 2."""

_ONES = "0xffffffffffffffff"

_OUT_OF_GAS = Condition("OutOfGas", "no gas is left", "gas.left < 1")
_TRAP = Condition("Panic", "it is executed", "1")
_ASTRAY = Condition("Panic", "it jumps and no basic block begins at its target")
_NOWHERE = Condition("Panic", "the address is not that of an entry of the jump table at which a basic block begins")
_UNREADABLE = (
    Condition("Panic", "the first octet that cannot be read is below 0x10000"),
    Condition("PageFault", "an octet is in a page that cannot be read"),
)
_UNWRITABLE = (
    Condition("Panic", "the first octet that cannot be written is below 0x10000"),
    Condition("PageFault", "an octet is in a page that cannot be written"),
)


def _in(name: str) -> Operand:
    return Operand(name, OperandKind.REGISTER, 0, "r", accepts="any")


def _out(name: str) -> Operand:
    return Operand(name, OperandKind.REGISTER, 0, "w", becomes="any")


_X, _Y = (Operand(name, OperandKind.IMMEDIATE, 0) for name in "xy")
_TO_X, _TO_Y = (Operand(name, OperandKind.TARGET, 0) for name in "xy")


def _row(
    code: int,
    name: str,
    layout: str,
    operands: tuple[Operand, ...],
    group: str,
    doc: str,
    *formula: str,
    conditions: tuple[Condition, ...] = (),
    flow: Flow = Flow.NEXT,
    taken: str = "",
    section: str = "8",
    moves: bool = False,
    selects: tuple[str, ...] = (),
    looks_at: str = "",
) -> Op:
    every = (_OUT_OF_GAS, *conditions)
    return Op(
        code, name, operands, flow=flow, group=group, doc=doc, section=section, formula=formula, taken=taken,
        faults=tuple(dict.fromkeys(each.identity for each in every)), conditions=every, layout=layout, moves=moves,
        selects=selects, looks_at=looks_at,
    )  # fmt: skip


# Control


CONTROL = (
    _row(0, "trap", "N", (), "control", "Panic.", conditions=(_TRAP,), flow=Flow.HALT, section="12"),
    _row(1, "fallthrough", "N", (), "control", "Do nothing; what follows begins a basic block.", section="9"),
    _row(10, "ecalli", "I", (_X,), "host", "Call the host: x is the number of the call.", section="13"),
    _row(40, "jump", "O", (_TO_X,), "control", "Continue at x.", flow=Flow.JUMP, section="9", conditions=(_ASTRAY,)),
    _row(50, "jump_ind", "RI", (_in("a"), _X), "control",
         "Continue where the jump table says for the address a + x, or halt if that is 0xffff0000.",
         flow=Flow.JUMP, section="9", conditions=(_NOWHERE,), selects=("a",)),
    _row(80, "load_imm_jump", "RIO", (_out("a"), _X, _TO_Y), "control", "Load x, then continue at y.", "a = x",
         flow=Flow.JUMP, section="9", conditions=(_ASTRAY,)),
    _row(180, "load_imm_jump_ind", "RRII", (_out("a"), _in("b"), _X, _Y), "control",
         "Load x, then continue where the jump table says for the address b + y of before, or halt if that is "
         "0xffff0000.", "a = x",
         flow=Flow.JUMP, section="9", conditions=(_NOWHERE,), selects=("b",)),
)  # fmt: skip

_RELATIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "eq": ("a == {}", "a equals {}"),
        "ne": ("a != {}", "a differs from {}"),
        "lt_u": ("a < {}", "a is less than {}, both unsigned"),
        "le_u": ("a <= {}", "a is at most {}, both unsigned"),
        "ge_u": ("a >= {}", "a is at least {}, both unsigned"),
        "gt_u": ("a > {}", "a is greater than {}, both unsigned"),
        "lt_s": ("s64(a) < s64({})", "a is less than {}, both signed"),
        "le_s": ("s64(a) <= s64({})", "a is at most {}, both signed"),
        "ge_s": ("s64(a) >= s64({})", "a is at least {}, both signed"),
        "gt_s": ("s64(a) > s64({})", "a is greater than {}, both signed"),
    }
)


def _branch(code: int, relation: str, *, immediate: bool) -> Op:
    test, words = (text.format("x" if immediate else "b") for text in _RELATIONS[relation])
    operands = (_in("a"), _X, _TO_Y) if immediate else (_in("a"), _in("b"), _TO_X)
    return _row(
        code, f"branch_{relation}{'_imm' if immediate else ''}", "RIO" if immediate else "RRO", operands, "branch",
        f"Continue at {operands[-1].name} if {words}.",
        conditions=(_ASTRAY,), flow=Flow.BRANCH, taken=test, section="9",
    )  # fmt: skip


_WITH_IMMEDIATE = ("eq", "ne", "lt_u", "le_u", "ge_u", "gt_u", "lt_s", "le_s", "ge_s", "gt_s")
_WITH_REGISTER = ("eq", "ne", "lt_u", "lt_s", "ge_u", "ge_s")
BRANCHES = (
    *(_branch(code, relation, immediate=True) for code, relation in enumerate(_WITH_IMMEDIATE, 81)),
    *(_branch(code, relation, immediate=False) for code, relation in enumerate(_WITH_REGISTER, 170)),
)


# Memory

_SIZES = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "u32": 4, "i32": 4, "u64": 8}
_LOADS = ("u8", "i8", "u16", "i16", "u32", "i32", "u64")
_STORES = ("u8", "u16", "u32", "u64")


def _octets(size: int) -> str:
    return "an octet" if size == 1 else f"{size} octets"


def _at(base: str, size: int) -> str:
    return f"mem[u32({base}):{size}]"


def _load(code: int, width: str, *, indirect: bool) -> Op:
    size = _SIZES[width]
    value = f"little({_at('b + x' if indirect else 'x', size)})"
    extended = "" if size == 8 else ", sign-extended" if width[0] == "i" else ", zero-extended"
    return _row(
        code, f"load_{'ind_' if indirect else ''}{width}", "RRI" if indirect else "RI",
        (_out("a"), _in("b"), _X) if indirect else (_out("a"), _X), "load",
        f"Load {_octets(size)} at the address {'b + x' if indirect else 'x'}{extended}.",
        f"a = u64(s{8 * size}({value}))" if width[0] == "i" else f"a = {value}",
        conditions=_UNREADABLE, section="10", moves=size == 8, looks_at="memory", selects=("b",) if indirect else (),
    )  # fmt: skip


def _store(code: int, width: str, layout: str) -> Op:
    """The three kinds of store: layouts II and RII store an immediate, RI and RRI a register."""
    size = _SIZES[width]
    value = {"II": "y", "RI": "a", "RII": "y", "RRI": "a"}[layout]
    base, address = {"II": ("", "x"), "RI": ("", "x"), "RII": ("a", "a + x"), "RRI": ("b", "b + x")}[layout]
    operands = {
        "II": (_X, _Y), "RI": (_in("a"), _X), "RII": (_in("a"), _X, _Y), "RRI": (_in("a"), _in("b"), _X)
    }[layout]  # fmt: skip
    name = f"store_{'imm_' if value == 'y' else ''}{'ind_' if base else ''}{width}"
    low = value if size == 8 else f"the low {8 * size} bits of {value}"
    return _row(
        code, name, layout, operands, "store", f"Store {low} at the address {address}.",
        f"{_at(address, size)} = {value if size == 8 else f'u{8 * size}({value})'}",
        conditions=_UNWRITABLE, section="10", moves=size == 8 and value == "a", selects=(base,) if base else (),
    )  # fmt: skip


MEMORY = (
    *(_store(code, width, "II") for code, width in enumerate(_STORES, 30)),
    *(_load(code, width, indirect=False) for code, width in enumerate(_LOADS, 52)),
    *(_store(code, width, "RI") for code, width in enumerate(_STORES, 59)),
    *(_store(code, width, "RII") for code, width in enumerate(_STORES, 70)),
    *(_store(code, width, "RRI") for code, width in enumerate(_STORES, 120)),
    *(_load(code, width, indirect=True) for code, width in enumerate(_LOADS, 124)),
    _row(101, "sbrk", "RR", (_out("d"), _in("a")), "heap",
         "Make the heap a octets longer, and give the address behind it; 0 if there is no room.",
         section="8, sbrk", looks_at="heap"),
)  # fmt: skip


# Registers and bits


def _unary(code: int, name: str, doc: str, *formula: str, group: str = "bits", moves: bool = False) -> Op:
    return _row(code, name, "RR", (_out("d"), _in("a")), group, doc, *formula, moves=moves)


MOVES = (
    _row(20, "load_imm_64", "RX", (_out("a"), _X), "move", "Load a number of 64 bits.", "a = x"),
    _row(51, "load_imm", "RI", (_out("a"), _X), "move", "Load x.", "a = x"),
    _unary(100, "move_reg", "Copy a register.", "d = a", group="move", moves=True),
)
BITS = (
    _unary(102, "count_set_bits_64", "Number of one bits of a.", "d = ones(a)"),
    _unary(103, "count_set_bits_32", "Number of one bits of the low half of a.", "d = ones(u32(a))"),
    _unary(104, "leading_zero_bits_64", "Number of zero bits above the highest one bit of a; 64 if there is none.",
           "d = 64 - bits(a)"),
    _unary(105, "leading_zero_bits_32", "Number of zero bits above the highest one bit of the low half of a; 32 if "
           "there is none.", "d = 32 - bits(u32(a))"),
    _unary(106, "trailing_zero_bits_64", "Number of zero bits below the lowest one bit of a; 64 if there is none.",
           "d = bits(a & -a) - 1 if a != 0", "d = 64 if a == 0"),
    _unary(107, "trailing_zero_bits_32", "Number of zero bits below the lowest one bit of the low half of a; 32 if "
           "there is none.", "d = bits(u32(a) & -u32(a)) - 1 if u32(a) != 0", "d = 32 if u32(a) == 0"),
    _unary(108, "sign_extend_8", "The low octet of a, sign-extended.", "d = u64(s8(a))"),
    _unary(109, "sign_extend_16", "The low 16 bits of a, sign-extended.", "d = u64(s16(a))"),
    _unary(110, "zero_extend_16", "The low 16 bits of a.", "d = u16(a)"),
    _unary(111, "reverse_bytes", "The octets of a in reverse order."),
)  # fmt: skip


# Arithmetic: the formulas of the 64-bit forms, from which the 32-bit ones follow


def _rotated(value: str, amount: str, bits: int, *, left: bool = False) -> str:
    low = f"u{bits}({value})" if bits == 32 else value
    there, back = ("<<", ">>") if left else (">>", "<<")
    whole = f"{low} {there} {amount} % {bits} | {low} {back} {bits} - {amount} % {bits}"
    return f"u64({whole})" if bits == 64 else f"u64(s32({whole}))"


def _shifted(sign: str, value: str, amount: str, bits: int) -> str:
    """`<<`, `>>` of zeros from above, or `>>a` of the sign."""
    by = f"{amount} % {bits}"
    if sign == "<<":
        return f"u64({value} << {by})" if bits == 64 else f"u64(s32({value} << {by}))"
    if sign == ">>":
        return f"{value} >> {by}" if bits == 64 else f"u64(s32(u32({value}) >> {by}))"
    return f"u64(s{bits}({value}) >> {by})"


def _half(bits: int, of: str) -> str:
    return of if bits == 64 else f"The low half of {of}"


def _sum(sign: str, left: str, right: str, bits: int) -> str:
    return f"u64({left} {sign} {right})" if bits == 64 else f"u64(s32({left} {sign} {right}))"


def _extended(bits: int) -> str:
    return "" if bits == 64 else ", sign-extended from 32 bits"


def _imm(code: int, name: str, group: str, doc: str, *formula: str) -> Op:
    return _row(code, name, "RRI", (_out("a"), _in("b"), _X), group, doc, *(f"a = {each}" for each in formula))


def _immediates(bits: int, adds: int, multiplies: int, shifts: int, negates: int, alternates: int) -> Iterator[Op]:
    """The instructions with an immediate that there are in two widths, by their first opcodes."""
    wide = _extended(bits)
    yield _imm(adds, f"add_imm_{bits}", "arithmetic", f"Sum of b and x{wide}.", _sum("+", "b", "x", bits))
    yield _imm(multiplies, f"mul_imm_{bits}", "arithmetic", f"Product of b and x{wide}.", _sum("*", "b", "x", bits))
    yield _imm(negates, f"neg_add_imm_{bits}", "arithmetic", f"Difference x - b{wide}.", _sum("-", "x", "b", bits))
    for at, (name, sign, words) in enumerate(_SHIFTS):
        yield _imm(
            shifts + at,
            f"{name}_imm_{bits}",
            "shift",
            f"{_half(bits, 'b')} shifted {words} by x bits{wide}.",
            _shifted(sign, "b", "x", bits),
        )
        yield _imm(
            alternates + at,
            f"{name}_imm_alt_{bits}",
            "shift",
            f"{_half(bits, 'x')} shifted {words} by b bits{wide}.",
            _shifted(sign, "x", "b", bits),
        )


_SHIFTS = (
    ("shlo_l", "<<", "left"),
    ("shlo_r", ">>", "right, with zeros from above,"),
    ("shar_r", ">>a", "right, with the sign from above,"),
)

IMMEDIATES = (
    *_immediates(32, adds=131, multiplies=135, shifts=138, negates=141, alternates=144),
    *_immediates(64, adds=149, multiplies=150, shifts=151, negates=154, alternates=155),
    _imm(132, "and_imm", "logic", "Bits that b and x both have.", "b & x"),
    _imm(133, "xor_imm", "logic", "Bits in which b and x differ.", "b ^ x"),
    _imm(134, "or_imm", "logic", "Bits that b or x has.", "b | x"),
    _imm(136, "set_lt_u_imm", "compare", "1 if b is less than x, both unsigned, else 0.", "b < x"),
    _imm(137, "set_lt_s_imm", "compare", "1 if b is less than x, both signed, else 0.", "s64(b) < s64(x)"),
    _imm(142, "set_gt_u_imm", "compare", "1 if b is greater than x, both unsigned, else 0.", "b > x"),
    _imm(143, "set_gt_s_imm", "compare", "1 if b is greater than x, both signed, else 0.", "s64(b) > s64(x)"),
    _imm(147, "cmov_iz_imm", "move", "Load x if b is zero.", "x if b == 0"),
    _imm(148, "cmov_nz_imm", "move", "Load x if b is not zero.", "x if b != 0"),
    _imm(158, "rot_r_64_imm", "shift", "b rotated right by x bits.", _rotated("b", "x", 64)),
    _imm(159, "rot_r_64_imm_alt", "shift", "x rotated right by b bits.", _rotated("x", "b", 64)),
    _imm(160, "rot_r_32_imm", "shift", f"The low half of b rotated right by x bits{_extended(32)}.",
         _rotated("b", "x", 32)),
    _imm(161, "rot_r_32_imm_alt", "shift", f"The low half of x rotated right by b bits{_extended(32)}.",
         _rotated("x", "b", 32)),
)  # fmt: skip


def _three(code: int, name: str, group: str, doc: str, *formula: str) -> Op:
    return _row(code, name, "RRR", (_in("a"), _in("b"), _out("d")), group, doc, *(f"d = {each}" for each in formula))


def _arithmetic(first: int, bits: int) -> Iterator[Op]:
    """The ten operations that there are in two widths."""
    wide, halves = _extended(bits), "" if bits == 64 else " of the low halves"
    a, b = ("a", "b") if bits == 64 else ("u32(a)", "u32(b)")
    signed = (f"s{bits}(a)", f"s{bits}(b)")
    yield _three(first, f"add_{bits}", "arithmetic", f"Sum of a and b{wide}.", _sum("+", "a", "b", bits))
    yield _three(first + 1, f"sub_{bits}", "arithmetic", f"Difference a - b{wide}.", _sum("-", "a", "b", bits))
    yield _three(first + 2, f"mul_{bits}", "arithmetic", f"Product of a and b{wide}.", _sum("*", "a", "b", bits))
    yield _three(
        first + 3,
        f"div_u_{bits}",
        "arithmetic",
        f"Unsigned quotient{halves} of a by b{wide}; all ones if b is zero.",
        f"{a} // {b} if {b} != 0" if bits == 64 else f"u64(s32({a} // {b})) if {b} != 0",
        f"{_ONES} if {b} == 0",
    )
    yield _three(
        first + 4,
        f"div_s_{bits}",
        "arithmetic",
        f"Signed quotient{halves} of a by b, rounded towards zero; all ones if b is zero.",
        f"u64(s{bits}(quotient({', '.join(signed)}))) if {signed[1]} != 0",
        f"{_ONES} if {signed[1]} == 0",
    )
    yield _three(
        first + 5,
        f"rem_u_{bits}",
        "arithmetic",
        f"Unsigned remainder{halves} of a by b{wide}; a if b is zero.",
        f"{a} % {b} if {b} != 0" if bits == 64 else f"u64(s32({a} % {b})) if {b} != 0",
        "a if b == 0" if bits == 64 else f"u64(s32(a)) if {b} == 0",
    )
    yield _three(
        first + 6,
        f"rem_s_{bits}",
        "arithmetic",
        f"Signed remainder{halves} of a by b, with the sign of a; a if b is zero.",
        f"u64(remainder({', '.join(signed)})) if {signed[1]} != 0",
        f"u64({signed[0]}) if {signed[1]} == 0",
    )
    for at, (name, sign, words) in enumerate(_SHIFTS, 7):
        yield _three(
            first + at,
            f"{name}_{bits}",
            "shift",
            f"{_half(bits, 'a')} shifted {words} by b bits{wide}.",
            _shifted(sign, "a", "b", bits),
        )


REGISTER_FORMS = (
    *_arithmetic(190, 32),
    *_arithmetic(200, 64),
    _three(210, "and", "logic", "Bits that a and b both have.", "a & b"),
    _three(211, "xor", "logic", "Bits in which a and b differ.", "a ^ b"),
    _three(212, "or", "logic", "Bits that a or b has.", "a | b"),
    _three(213, "mul_upper_s_s", "arithmetic", "Upper half of the product of a and b, both signed.",
           "u64(s64(a) * s64(b) >> 64)"),
    _three(214, "mul_upper_u_u", "arithmetic", "Upper half of the product of a and b, both unsigned.", "a * b >> 64"),
    _three(215, "mul_upper_s_u", "arithmetic", "Upper half of the product of a, signed, and b, unsigned.",
           "u64(s64(a) * b >> 64)"),
    _three(216, "set_lt_u", "compare", "1 if a is less than b, both unsigned, else 0.", "a < b"),
    _three(217, "set_lt_s", "compare", "1 if a is less than b, both signed, else 0.", "s64(a) < s64(b)"),
    _three(218, "cmov_iz", "move", "Copy a if b is zero.", "a if b == 0"),
    _three(219, "cmov_nz", "move", "Copy a if b is not zero.", "a if b != 0"),
    _three(220, "rot_l_64", "shift", "a rotated left by b bits.", _rotated("a", "b", 64, left=True)),
    _three(221, "rot_l_32", "shift", f"The low half of a rotated left by b bits{_extended(32)}.",
           _rotated("a", "b", 32, left=True)),
    _three(222, "rot_r_64", "shift", "a rotated right by b bits.", _rotated("a", "b", 64)),
    _three(223, "rot_r_32", "shift", f"The low half of a rotated right by b bits{_extended(32)}.",
           _rotated("a", "b", 32)),
    _three(224, "and_inv", "logic", "Bits that a has and b has not.", f"a & {_ONES} - b"),
    _three(225, "or_inv", "logic", "Bits that a has or b has not.", f"a | {_ONES} - b"),
    _three(226, "xnor", "logic", "Bits in which a and b agree.", f"{_ONES} - (a ^ b)"),
    _three(227, "max", "compare", "The larger of a and b, both signed.", "u64(max(s64(a), s64(b)))"),
    _three(228, "max_u", "compare", "The larger of a and b, both unsigned.", "max(a, b)"),
    _three(229, "min", "compare", "The smaller of a and b, both signed.", "u64(min(s64(a), s64(b)))"),
    _three(230, "min_u", "compare", "The smaller of a and b, both unsigned.", "min(a, b)"),
)  # fmt: skip

ISA = Isa(
    "PVM",
    sorted(
        (*CONTROL, *BRANCHES, *MEMORY, *MOVES, *BITS, *IMMEDIATES, *REGISTER_FORMS), key=lambda op: op.code
    ),
    WORDING,
)  # fmt: skip

BLOCK_ENDS = frozenset(
    op.code for op in ISA if op.flow in (Flow.JUMP, Flow.BRANCH, Flow.HALT) or op.name == "fallthrough"
)
"""Opcodes of the instructions that end a basic block. Section 9."""
