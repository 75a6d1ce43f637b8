"""Faults of a program: data about what went wrong and where, raised by handlers and caught once, in the run loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Fault(Exception):
    """A program did what its machine forbids.

    Handlers raise it with the identity and the operands they know; the run loop adds
    the position. It never leaves `Machine.run`.
    """

    def __init__(self, identity: str, /, **operands: object) -> None:
        super().__init__(identity)
        self.identity = identity
        self.operands: dict[str, object] = operands


@dataclass(frozen=True, slots=True)
class FaultReport:
    """A fault as a debugger shows it."""

    identity: str
    """Name in the specification, such as `StackUnderflow`."""
    code: str
    """Implementation-neutral name in upper snake case, such as `STACK_UNDERFLOW`."""
    message: str
    """One line: identity and operands, as the machine's own tools print them."""
    explanation: str
    """What happened and what to look at, in words, with the operands filled in."""
    pc: int
    operands: Mapping[str, object] = field(default_factory=dict)
    address: int | None = None
    """Where in memory it was raised, for one of an access."""
    over_budget: bool = False
    """Whether a budget of the host ran out, rather than the program being wrong."""
