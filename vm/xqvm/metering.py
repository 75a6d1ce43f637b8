"""What work costs in steps and bytes (XQVM reference, sections 7 and 8)."""

from __future__ import annotations

from vm.xqvm.model import Model, Sample, Slot, Vec

COEFFICIENT_STEPS = 13
"""Steps of one coefficient write."""
CELL_STEPS = 3
"""Steps of one grid cell scanned."""
VARIABLE_BYTES = 8
ELEMENT_BYTES = 16
LINEAR_BYTES = 32
PAIR_BYTES = 48

DEFAULT_STEP_LIMIT = 10_000_000
DEFAULT_MEMORY_LIMIT = 1 << 30


def pairs(n: int) -> int:
    """Number of pairs among n things."""
    return n * (n - 1) // 2


def expansion_steps(n: int) -> int:
    """Steps of expanding a constraint over n variables: expand(n)."""
    return COEFFICIENT_STEPS * (n + pairs(n))


def expansion_bytes(n: int) -> int:
    """Bytes of expanding a constraint over n variables: exp(n)."""
    return LINEAR_BYTES * n + PAIR_BYTES * pairs(n)


def copy_steps(value: Slot) -> int:
    """Steps of copying a value over the host boundary: copy(v)."""
    if isinstance(value, Vec):
        return len(value.items)
    if isinstance(value, Sample):
        return len(value.values)
    if isinstance(value, Model):
        return COEFFICIENT_STEPS * value.terms
    return 0


def copy_bytes(value: Slot) -> int:
    """Bytes of copying a value over the host boundary: size(v)."""
    if type(value) is int:
        return VARIABLE_BYTES
    if isinstance(value, Vec):
        return ELEMENT_BYTES * len(value.items)
    if isinstance(value, Sample):
        return VARIABLE_BYTES * len(value.values)
    if isinstance(value, Model):
        return VARIABLE_BYTES * value.size + LINEAR_BYTES * len(value.linear) + PAIR_BYTES * value.pairs
    return 0
