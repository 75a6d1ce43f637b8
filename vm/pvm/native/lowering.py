"""What instructions compute from registers, as LLVM's text (PVM reference, section 8).

Operations come in families: on two registers, with an immediate, with the operands exchanged, on 64 bits, and on
32 bits with the result sign-extended. So a row of the table is found by the parts of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from vm.pvm.native.text import Text

Binary = Callable[[Text, str, str, str], str]
"""Takes the type, such as `i64`, and two values; the result has the same type."""
Lower = Callable[[Text, Mapping[str, int]], None]
"""Writes what an instruction does with its operands, which are given by name."""


def _plain(word: str) -> Binary:
    return lambda text, kind, left, right: text.let(f"{word} {kind} {left}, {right}")


def _shift(word: str) -> Binary:
    def lower(text: Text, kind: str, left: str, right: str) -> str:
        by = text.let(f"and {kind} {right}, {int(kind[1:]) - 1}")
        return text.let(f"{word} {kind} {left}, {by}")

    return lower


def _rotate(way: str) -> Binary:
    return lambda text, kind, left, right: text.let(
        f"call {kind} @llvm.fsh{way}.{kind}({kind} {left}, {kind} {left}, {kind} {right})"
    )


def _chosen(word: str) -> Binary:
    return lambda text, kind, left, right: text.let(f"call {kind} @llvm.{word}.{kind}({kind} {left}, {kind} {right})")


def _inverted(word: str) -> Binary:
    def lower(text: Text, kind: str, left: str, right: str) -> str:
        return text.let(f"{word} {kind} {left}, {text.let(f'xor {kind} {right}, -1')}")

    return lower


def _neither(text: Text, kind: str, left: str, right: str) -> str:
    return text.let(f"xor {kind} {text.let(f'xor {kind} {left}, {right}')}, -1")


def _compared(relation: str) -> Binary:
    def lower(text: Text, kind: str, left: str, right: str) -> str:
        return text.let(f"zext i1 {text.let(f'icmp {relation} {kind} {left}, {right}')} to {kind}")

    return lower


def _divided(word: str) -> Binary:
    """A division or remainder that never traps: a divisor of zero, and -1 for the smallest number, are replaced."""
    signed, quotient = word[0] == "s", word.endswith("div")

    def lower(text: Text, kind: str, left: str, right: str) -> str:
        zero = text.let(f"icmp eq {kind} {right}, 0")
        odd = zero
        if signed:
            least = text.let(f"icmp eq {kind} {left}, {-1 << int(kind[1:]) - 1}")
            over = text.let(f"and i1 {least}, {text.let(f'icmp eq {kind} {right}, -1')}")
            odd = text.let(f"or i1 {zero}, {over}")
        by = text.let(f"select i1 {odd}, {kind} 1, {kind} {right}")
        result = text.let(f"{word} {kind} {left}, {by}")
        return text.let(f"select i1 {zero}, {kind} {'-1' if quotient else left}, {kind} {result}")

    return lower


def _upper(first: str, second: str) -> Binary:
    def lower(text: Text, kind: str, left: str, right: str) -> str:
        one, other = text.let(f"{first} {kind} {left} to i128"), text.let(f"{second} {kind} {right} to i128")
        high = text.let(f"lshr i128 {text.let(f'mul i128 {one}, {other}')}, 64")
        return text.let(f"trunc i128 {high} to {kind}")

    return lower


_OF_BOTH_WIDTHS: Mapping[str, Binary] = MappingProxyType(
    {
        "add": _plain("add"), "sub": _plain("sub"), "mul": _plain("mul"),
        "div_u": _divided("udiv"), "div_s": _divided("sdiv"), "rem_u": _divided("urem"), "rem_s": _divided("srem"),
        "shlo_l": _shift("shl"), "shlo_r": _shift("lshr"), "shar_r": _shift("ashr"),
        "rot_l": _rotate("l"), "rot_r": _rotate("r"),
    }
)  # fmt: skip
_OF_64_BITS: Mapping[str, Binary] = MappingProxyType(
    {
        "and": _plain("and"), "or": _plain("or"), "xor": _plain("xor"),
        "and_inv": _inverted("and"), "or_inv": _inverted("or"), "xnor": _neither,
        "mul_upper_s_s": _upper("sext", "sext"), "mul_upper_u_u": _upper("zext", "zext"),
        "mul_upper_s_u": _upper("sext", "zext"),
        "set_lt_u": _compared("ult"), "set_lt_s": _compared("slt"),
        "set_gt_u": _compared("ugt"), "set_gt_s": _compared("sgt"),
        "max": _chosen("smax"), "max_u": _chosen("umax"), "min": _chosen("smin"), "min_u": _chosen("umin"),
    }
)  # fmt: skip


def _narrow(text: Text, value: str) -> str:
    return text.let(f"trunc i64 {value} to i32")


def _widened(binary: Binary) -> Binary:
    """The form on the low 32 bits, whose result is sign-extended."""

    def lower(text: Text, _kind: str, left: str, right: str) -> str:
        result = binary(text, "i32", _narrow(text, left), _narrow(text, right))
        return text.let(f"sext i32 {result} to i64")

    return lower


def _of_registers(binary: Binary) -> Lower:
    def lower(text: Text, operands: Mapping[str, int]) -> None:
        left, right = text.read(operands["a"]), text.read(operands["b"])
        text.write(operands["d"], binary(text, "i64", left, right))

    return lower


def _with_immediate(binary: Binary) -> Lower:
    def lower(text: Text, operands: Mapping[str, int]) -> None:
        text.write(operands["a"], binary(text, "i64", text.read(operands["b"]), str(operands["x"])))

    return lower


def _of_immediate(binary: Binary) -> Lower:
    def lower(text: Text, operands: Mapping[str, int]) -> None:
        text.write(operands["a"], binary(text, "i64", str(operands["x"]), text.read(operands["b"])))

    return lower


def _conditional(relation: str, *, immediate: bool) -> Lower:
    """A register that is written only if another one is zero, or is not."""

    def lower(text: Text, operands: Mapping[str, int]) -> None:
        into = operands["a" if immediate else "d"]
        new = str(operands["x"]) if immediate else text.read(operands["a"])
        due = text.let(f"icmp {relation} i64 {text.read(operands['b'])}, 0")
        text.write(into, text.let(f"select i1 {due}, i64 {new}, i64 {text.read(into)}"))

    return lower


def _unary(write: Callable[[Text, str], str]) -> Lower:
    def lower(text: Text, operands: Mapping[str, int]) -> None:
        text.write(operands["d"], write(text, text.read(operands["a"])))

    return lower


def _counted(intrinsic: str, kind: str) -> Lower:
    more = "" if intrinsic == "ctpop" else ", i1 false"

    def write(text: Text, value: str) -> str:
        value = value if kind == "i64" else _narrow(text, value)
        found = text.let(f"call {kind} @llvm.{intrinsic}.{kind}({kind} {value}{more})")
        return found if kind == "i64" else text.let(f"zext i32 {found} to i64")

    return _unary(write)


def _extended(word: str, kind: str) -> Lower:
    return _unary(lambda text, value: text.let(f"{word} {kind} {text.let(f'trunc i64 {value} to {kind}')} to i64"))


def _loaded(text: Text, operands: Mapping[str, int]) -> None:
    text.write(operands["a"], str(operands["x"]))


def _families() -> dict[str, Lower]:
    found: dict[str, Lower] = {}
    wide = {f"{name}_64": binary for name, binary in _OF_BOTH_WIDTHS.items()} | dict(_OF_64_BITS)
    for name, binary in wide.items():
        found[name] = _of_registers(binary)
        stem, width = (name[:-3], "_64") if name.endswith("_64") else (name, "")
        for pattern in (f"{stem}_imm{width}", f"{stem}{width}_imm"):
            found[pattern] = _with_immediate(binary)
        for pattern in (f"{stem}_imm_alt{width}", f"{stem}{width}_imm_alt"):
            found[pattern] = _of_immediate(binary)
    for stem, binary in _OF_BOTH_WIDTHS.items():
        narrow = _widened(binary)
        found[f"{stem}_32"] = _of_registers(narrow)
        found[f"{stem}_imm_32"] = found[f"{stem}_32_imm"] = _with_immediate(narrow)
        found[f"{stem}_imm_alt_32"] = found[f"{stem}_32_imm_alt"] = _of_immediate(narrow)
    found["neg_add_imm_64"] = found["sub_imm_alt_64"]
    found["neg_add_imm_32"] = found["sub_imm_alt_32"]
    return found


LOWERINGS: Mapping[str, Lower] = MappingProxyType(
    {
        **_families(),
        "fallthrough": lambda text, operands: None,
        "load_imm": _loaded,
        "load_imm_64": _loaded,
        "move_reg": _unary(lambda text, value: value),
        "cmov_iz": _conditional("eq", immediate=False),
        "cmov_nz": _conditional("ne", immediate=False),
        "cmov_iz_imm": _conditional("eq", immediate=True),
        "cmov_nz_imm": _conditional("ne", immediate=True),
        "count_set_bits_64": _counted("ctpop", "i64"),
        "count_set_bits_32": _counted("ctpop", "i32"),
        "leading_zero_bits_64": _counted("ctlz", "i64"),
        "leading_zero_bits_32": _counted("ctlz", "i32"),
        "trailing_zero_bits_64": _counted("cttz", "i64"),
        "trailing_zero_bits_32": _counted("cttz", "i32"),
        "sign_extend_8": _extended("sext", "i8"),
        "sign_extend_16": _extended("sext", "i16"),
        "zero_extend_16": _extended("zext", "i16"),
        "reverse_bytes": _unary(lambda text, value: text.let(f"call i64 @llvm.bswap.i64(i64 {value})")),
    }
)
"""By name. More names than there are instructions: some families are not complete in the table."""

_PREDICATES: Mapping[str, str] = MappingProxyType(
    {
        "eq": "eq", "ne": "ne", "lt_u": "ult", "le_u": "ule", "ge_u": "uge", "gt_u": "ugt",
        "lt_s": "slt", "le_s": "sle", "ge_s": "sge", "gt_s": "sgt",
    }
)  # fmt: skip


def condition(text: Text, name: str, operands: Mapping[str, int]) -> str:
    """Whether a branch is taken."""
    immediate = name.endswith("_imm")
    relation = _PREDICATES[name.removeprefix("branch_").removesuffix("_imm")]
    right = str(operands["x"]) if immediate else text.read(operands["b"])
    return text.let(f"icmp {relation} i64 {text.read(operands['a'])}, {right}")


INTRINSICS = "\n".join(
    [f"declare {kind} @llvm.fsh{way}.{kind}({kind}, {kind}, {kind})" for way in "lr" for kind in ("i32", "i64")]
    + [f"declare i64 @llvm.{word}.i64(i64, i64)" for word in ("smax", "umax", "smin", "umin")]
    + [f"declare {kind} @llvm.ctpop.{kind}({kind})" for kind in ("i32", "i64")]
    + [f"declare {kind} @llvm.{word}.{kind}({kind}, i1)" for word in ("ctlz", "cttz") for kind in ("i32", "i64")]
    + ["declare i64 @llvm.bswap.i64(i64)"]
)
"""What of LLVM is called."""
