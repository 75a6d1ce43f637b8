"""The three text forms of values: printed, text, quoted (reference, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vm.mdvm.escapes import quoted as quoted_string
from vm.mdvm.values import DEEPEST, Array, Dict, Function, Slot, TooDeepError, Url

_WHOLE = 1 << 53
_SCIENTIFIC_FROM, _SCIENTIFIC_BELOW = 1e16, 1e-4


class TooLongError(Exception):
    """A text form has more characters than a value may."""


def printed(value: Slot, most: int) -> str | None:
    """What `print` writes, without the line end; None for Empty, of which it writes nothing."""
    if value is None:
        return None
    if type(value) is float:
        return positional(value)
    if type(value) is Array or type(value) is Dict:
        return quoted(value, most)
    return text(value, most)


def text(value: Slot, most: int) -> str:
    """The text form; TooLongError beyond so many characters, TooDeepError where it is nested too deeply."""
    return _written(value, _Text(), most)


def quoted(value: Slot, most: int) -> str:
    """The quoted form, as in printed arrays and in the debug trace."""
    return _written(value, _Quoted(), most)


# Floats


def positional(value: float) -> str:
    """The shortest digits that read back as the same number, without an exponent."""
    if value != value:
        return "NaN"
    shown = repr(value)
    if shown.endswith(".0"):
        return shown[:-2]
    if "e" not in shown:
        return shown
    return _placed(shown)


def _placed(shown: str) -> str:
    """A number with an exponent, written without."""
    mantissa, _, exponent = shown.partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, part = mantissa.lstrip("-").partition(".")
    digits, point = whole + part, len(whole) + int(exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


def float_text(value: float) -> str:
    """As `positional`, but a whole number has all digits of its exact value."""
    if abs(value) >= _WHOLE and value - value == 0:
        return str(int(value))
    return positional(value)


def float_quoted(value: float) -> str:
    """With an exponent where the number is very large or small, otherwise with a point."""
    if value != value:
        return "NaN"
    if value - value != 0:
        return repr(value)
    size = abs(value)
    if size >= _SCIENTIFIC_FROM or 0 < size < _SCIENTIFIC_BELOW:
        return _scientific(repr(value))
    plain = positional(value)
    return plain if "." in plain else f"{plain}.0"


def _scientific(shown: str) -> str:
    mantissa, _, exponent = shown.partition("e")
    if not exponent:
        return _scaled(mantissa)
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def _scaled(plain: str) -> str:
    """A number written without an exponent, with one: digits of `repr` between its own borders and ours."""
    sign = "-" if plain[0] == "-" else ""
    whole, _, part = plain.lstrip("-").partition(".")
    part = "" if part == "0" else part
    digits = (whole + part).lstrip("0")
    exponent = len(whole) - 1 if whole.strip("0") else len(digits) - 1 - len(part)
    digits = digits.rstrip("0")
    return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{exponent}"


# Collections, level by level: no recursion, so that depth is bounded by what we say and not by Python


class _Style(Protocol):
    array: tuple[str, str]
    dict: tuple[str, str]

    def plain(self, value: Slot) -> str:
        """A value that has nothing inside."""
        ...

    def key(self, key: str) -> str: ...


class _Text:
    array = ("[", "]")
    dict = ("{", "}")

    def plain(self, value: Slot) -> str:
        match value:
            case None:
                return "empty"
            case bool():
                return "true" if value else "false"
            case float():
                return float_text(value)
            case Url(told):
                return told
            case Function(name):
                return f"function<{name}>"
        return str(value)

    def key(self, key: str) -> str:
        return f"{key}: "


class _Quoted:
    array = ("Array([", "])")
    dict = ("Dict({", "})")

    def plain(self, value: Slot) -> str:
        match value:
            case None:
                return "Empty"
            case bool():
                return "Bool(true)" if value else "Bool(false)"
            case float():
                return f"Float({float_quoted(value)})"
            case str():
                return f"String({quoted_string(value)})"
            case Url(told):
                return f"URL({quoted_string(told)})"
            case Function(name):
                return f"Function({quoted_string(name)})"
        return f"Int({value})"

    def key(self, key: str) -> str:
        return f"{quoted_string(key)}: "


def _written(value: Slot, style: _Style, most: int) -> str:
    parts: list[str] = []
    left = most
    for part in _parts(value, style):
        left -= len(part)
        if left < 0:
            raise TooLongError
        parts.append(part)
    return "".join(parts)


Inside = Iterator[tuple[str, Slot]]


def _parts(value: Slot, style: _Style) -> Iterator[str]:
    if not isinstance(value, Array | Dict):
        yield style.plain(value)
        return
    levels: list[tuple[Inside, str]] = []
    before, here = "", value
    while True:
        opening, closing = style.array if isinstance(here, Array) else style.dict
        if len(levels) >= DEEPEST:
            raise TooDeepError
        yield before + opening
        levels.append((_inside(here, style), closing))
        while levels:
            found = next(levels[-1][0], None)
            if found is None:
                yield levels.pop()[1]
                continue
            before, item = found
            if isinstance(item, Array | Dict):
                here = item
                break
            yield before + style.plain(item)
        else:
            return


def _inside(value: Array | Dict, style: _Style) -> Inside:
    """What is inside, each with what stands before it."""
    comma = ""
    if isinstance(value, Array):
        for item in value:
            yield comma, item
            comma = ", "
    else:
        for key, item in value.pairs():
            yield comma + style.key(key), item
            comma = ", "
