"""What a machine is given, as inputs.json has it: limits, which the released machine does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vm.diagnostics import InputError
from vm.values import dataclass

DEFAULT_INSTRUCTIONS = 100_000_000
DEFAULT_MEMORY = 1 << 24
MOST_INSTRUCTIONS = 1 << 62
MOST_MEMORY = 1 << 28
KEYS = ("instructions", "memory")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The limits of a run."""

    instructions: int = DEFAULT_INSTRUCTIONS
    """Instructions that may be executed."""
    memory: int = DEFAULT_MEMORY
    """The most a value may have in it, elements and characters, as if nothing were shared; output as well."""


def from_json(given: Mapping[str, Any]) -> Inputs:
    """Read inputs; InputError that names the key and says what is wrong with it."""
    if unknown := sorted(set(map(str, given)) - set(KEYS)):
        raise InputError(
            f"unknown key {unknown[0][:40]!r}; programs of the Machine Dialect read nothing, so inputs have "
            f"{' and '.join(KEYS)} only"
        )
    return Inputs(
        number(given.get("instructions", DEFAULT_INSTRUCTIONS), "instructions", MOST_INSTRUCTIONS),
        number(given.get("memory", DEFAULT_MEMORY), "memory", MOST_MEMORY),
    )


def number(value: object, where: str, most: int) -> int:
    """An integer within bounds; InputError that says where."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{where}: must be an integer")
    if not 0 <= value <= most:
        raise InputError(f"{where}: must be 0 to {most:,}")
    return value
