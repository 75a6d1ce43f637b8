"""What a debugger can compute from values of a PVM."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from vm.contract import PlaceError, Value

_WIDTHS = (8, 16, 32, 64)


def _unsigned(bits: int) -> Callable[[int], int]:
    return lambda value: value & (1 << bits) - 1


def _signed(bits: int) -> Callable[[int], int]:
    return lambda value: ((value & (1 << bits) - 1) ^ 1 << bits - 1) - (1 << bits - 1)


_OF_NUMBERS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {f"u{bits}": _unsigned(bits) for bits in _WIDTHS} | {f"s{bits}": _signed(bits) for bits in _WIDTHS}
)
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {name: f"{name}(integer)" for name in _OF_NUMBERS} | {"little": "little(octets)"}
)
"""Usage by name: the low bits of a number, unsigned or signed, and the number that octets spell."""


def call(function: str, arguments: Sequence[Value]) -> Value:
    """Compute a function; PlaceError that says what is wrong with the arguments."""
    if function not in FUNCTIONS:
        raise PlaceError(f"there is no function {function[:40]!r}; there is {', '.join(FUNCTIONS)}")
    if len(arguments) != 1:
        raise PlaceError(f"{FUNCTIONS[function]} takes 1 argument, not {len(arguments)}")
    (value,) = arguments
    if isinstance(value, int):
        return _OF_NUMBERS[function](value) if function in _OF_NUMBERS else value
    if function == "little" and isinstance(value, Sequence) and not isinstance(value, str):
        try:
            return int.from_bytes(bytes(value), "little")
        except (ValueError, TypeError):
            raise PlaceError(f"{FUNCTIONS[function]}: octets are 0 to 255") from None
    raise PlaceError(f"{FUNCTIONS[function]} takes {'octets' if function == 'little' else 'an integer'}")
