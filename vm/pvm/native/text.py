"""The text of an LLVM function while it is being written."""

from __future__ import annotations

GUEST = "!tbaa !3"
"""What octets of the program's memory are marked with, so that tables are known not to be among them."""
OWN = "!tbaa !4"
"""What the tables are marked with."""
UNLIKELY = "!prof !5"
"""Of a branch that is nearly never taken."""
LIKELY = "!prof !6"

METADATA = """
!0 = !{!"pvm"}
!1 = !{!"guest", !0}
!2 = !{!"own", !0}
!3 = !{!1, !1, i64 0}
!4 = !{!2, !2, i64 0}
!5 = !{!"branch_weights", i32 1, i32 4000}
!6 = !{!"branch_weights", i32 4000, i32 1}
"""


class Text:
    """Lines, and names for what they compute. Registers of the machine are variables that LLVM makes values of."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names = 0

    def say(self, line: str) -> None:
        """Add a statement."""
        self.lines.append(line)

    def let(self, expression: str) -> str:
        """Add a statement that computes something; its name."""
        self._names += 1
        self.lines.append(f"%v{self._names} = {expression}")
        return f"%v{self._names}"

    def fresh(self, word: str) -> str:
        """A label that nobody else has."""
        self._names += 1
        return f"{word}{self._names}"

    def label(self, name: str) -> None:
        """Begin a piece of code."""
        self.lines.append(f"{name}:")

    def read(self, register: int) -> str:
        """The value of a register."""
        return self.let(f"load i64, ptr %r{register}")

    def write(self, register: int, value: str) -> None:
        """Put a value into a register."""
        self.lines.append(f"store i64 {value}, ptr %r{register}")

    def field(self, at: int) -> str:
        """The address of something in the shared memory."""
        return self.let(f"getelementptr i8, ptr %s, i64 {at}")

    def fetch(self, kind: str, at: int) -> str:
        """The value of a field of the shared memory."""
        return self.let(f"load {kind}, ptr {self.field(at)}, {OWN}")
