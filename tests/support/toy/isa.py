"""The toy machine's instruction table."""

from __future__ import annotations

from vm.isa import Flow, Isa, Op, Operand, OperandKind, Wording


def _reads(name: str) -> Operand:
    return Operand(name, OperandKind.REGISTER, 1, access="r", accepts="int")


_DST = Operand("dst", OperandKind.REGISTER, 1, access="w", becomes="int")
_LEFT, _RIGHT = _reads("left"), _reads("right")
_IMM = Operand("imm", OperandKind.IMMEDIATE, 4)
_TARGET = Operand("target", OperandKind.TARGET, 2)
_MATH = (_DST, _LEFT, _RIGHT)

ISA = Isa(
    "toy",
    (
        Op(0x00, "HALT", flow=Flow.HALT, group="control", doc="Stop the machine."),
        Op(0x01, "NOP", group="control", doc="Do nothing."),
        Op(0x02, "SET", (_DST, _IMM), group="arithmetic", doc="Load an immediate."),
        Op(0x03, "ADD", _MATH, group="arithmetic", doc="Add, modulo 2^64."),
        Op(0x04, "SUB", _MATH, group="arithmetic", doc="Subtract, modulo 2^64."),
        Op(0x05, "MUL", _MATH, group="arithmetic", doc="Multiply, modulo 2^64."),
        Op(0x06, "DIV", _MATH, group="arithmetic", doc="Divide, rounding down.", faults=("DivideByZero",)),
        Op(0x07, "LT", _MATH, group="compare", doc="1 if left < right, else 0."),
        Op(0x08, "JNZ", (_reads("test"), _TARGET), flow=Flow.BRANCH, group="control", doc="Jump unless zero."),
        Op(0x09, "LOOP", (_reads("times"),), flow=Flow.LOOP_OPEN, group="loop", doc="Repeat up to END, if positive."),
        Op(0x0A, "END", flow=Flow.LOOP_CLOSE, group="loop", doc="Close a loop.", faults=("NothingOpen",)),
        Op(0x0B, "CALL", (_TARGET,), flow=Flow.JUMP, group="call", doc="Call.", faults=("TooDeep",)),
        Op(0x0C, "RET", flow=Flow.JUMP, group="call", doc="Return from a call.", faults=("NothingOpen",)),
        Op(0x0D, "PUT", (_reads("row"), _reads("col"), _reads("value")), group="grid", doc="Set a cell of the grid; "
           "row -1 is its head.", faults=("OutsideGrid",)),
        Op(0x0E, "OUT", (_reads("value"),), group="output", doc="Append to the output."),
    ),
    Wording(stack="", places="  r3   a register        grid[2,5]   a cell of the grid        out[0]   an output\n"),
)  # fmt: skip
