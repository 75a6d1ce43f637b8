"""What the static verifier reports, and how it words places."""

from __future__ import annotations

from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, worded as release 0.4.5 words it."""

    variant: str
    """Classification of section 12.1, such as `StackUnderflow`; `Unsettled` where the verifier gave up."""
    message: str
    """The text after `Variant: `."""
    pos: int
    """Offset in the instruction stream the finding is about."""
    hint: str = ""
    """What to look at; not part of the release's wording."""

    def __str__(self) -> str:
        return f"{self.variant}: {self.message}"


class UnsettledError(Exception):
    """A fixpoint was not reached within the work allowed; only hostile programs get here."""

    def __init__(self, subject: str, pos: int, work: int) -> None:
        super().__init__(f"{subject} around byte {at(pos)} did not settle after {work} updates")
        self.pos = pos

    def finding(self) -> Finding:
        """The finding that stands for what could not be decided."""
        hint = "the jumps are too tangled to be checked; release 0.4.5 may not come to an end here at all"
        return Finding("Unsettled", str(self), self.pos, hint)


def at(pos: int) -> str:
    """An offset as messages write it: at least four hexadecimal digits."""
    return f"0x{pos:04x}"
