"""How a program fails, in the words of the released machine and in ours (reference, section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vm.faults import Fault, FaultReport

CODES: Mapping[str, str] = MappingProxyType(
    {
        "TypeMismatch": "TYPE_MISMATCH",
        "DivisionByZero": "DIVISION_BY_ZERO",
        "IntegerOverflow": "INTEGER_OVERFLOW",
        "IndexOutOfBounds": "INDEX_OUT_OF_BOUNDS",
        "UndefinedFunction": "UNDEFINED_FUNCTION",
        "InvalidOperation": "INVALID_OPERATION",
        "InvalidComparison": "INVALID_COMPARISON",
        "StackOverflow": "STACK_OVERFLOW",
        "InvalidConstant": "INVALID_CONSTANT",
        "AssertionFailed": "ASSERTION_FAILED",
        "InvalidOpcode": "INVALID_OPCODE",
        "InstructionLimit": "INSTRUCTION_LIMIT",
        "OutOfMemory": "OUT_OF_MEMORY",
        "TooDeep": "TOO_DEEP",
    }
)
"""Neutral names of what can go wrong, by identity."""
_OWN = frozenset({"InstructionLimit", "OutOfMemory", "TooDeep", "InvalidOpcode"})
"""What the released machine does not have: it goes on for ever, dies, or does not load the file."""
_OVER_BUDGET = frozenset({"InstructionLimit", "OutOfMemory"})

_TOLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "TypeMismatch": (
            "Type mismatch: expected {expected}, found {found}",
            "The instruction takes {expected}, and what is there is {found}. A type tag set by define changes nothing "
            "about it. Look at where the register was written; a register nobody wrote holds Empty.",
        ),
        "DivisionByZero": (
            "Division by zero",
            "The divisor is zero. It is looked at first, whatever the dividend is. Look at where it was written.",
        ),
        "IntegerOverflow": (
            "Integer overflow",
            "The result does not fit into 64 bits, and Ints never become longer. Floats would only lose digits.",
        ),
        "IndexOutOfBounds": (
            "Index out of bounds: index {index} for length {length}",
            "The array has {length} elements, the first at index 0, and none at {index}. Arrays never grow.",
        ),
        "UndefinedFunction": (
            "Undefined function: {name}",
            "The register says which function to call, by a String with its name or an Int with its entry. The table "
            "of functions has none such.",
        ),
        "InvalidOperation": (
            "Invalid operation: {operation} on type {on}",
            "The instruction cannot do that with the value it got. Look at where the register was written.",
        ),
        "InvalidComparison": (
            "Invalid comparison: {left} and {right}",
            "Only numbers with numbers and strings with strings have an order. Of gt and gte the operands are told the "
            "other way round, as they are carried out as lt and lte.",
        ),
        "StackOverflow": (
            "Stack overflow",
            "{depth:,} calls are open, and there can be no more. The arguments are in their registers already. Look "
            "for a recursion without an end.",
        ),
        "InvalidConstant": (
            "Invalid constant index: {index}",
            "The pool has no constant k{index} that this instruction can use.",
        ),
        "AssertionFailed": (
            "Assertion failed: {message}",
            "An assert does not hold. The released machine does not load programs that have one.",
        ),
        "InvalidOpcode": (
            "Invalid opcode: {opcode}",
            "The bytes here are not one instruction. The released machine does not load such a program.",
        ),
        "InstructionLimit": (
            "Instruction limit reached: {limit}",
            "{limit:,} instructions were executed, as many as may be. The machine has no such limit, this one has: "
            "raise instructions in the inputs, or set instructions.limit and pc, or look for a loop without an end.",
        ),
        "OutOfMemory": (
            "Out of memory: a value of size {size}",
            "The value would have the size {size:,}, counting 1 for each element and character, and {limit:,} is the "
            "most. The released machine goes on until the memory of the process is used up and dies: raise memory in "
            "the inputs, or make smaller values.",
        ),
        "TooDeep": (
            "Nested too deeply: {levels} levels",
            "A value that is nested deeper than {levels:,} levels cannot be {done}: the released machine overflows its "
            "stack there and dies.",
        ),
    }
)


def report(fault: Fault, pc: int) -> FaultReport:
    """A fault of the instruction at an index."""
    message, explanation = _TOLD[fault.identity]
    return FaultReport(
        identity=fault.identity,
        code=CODES[fault.identity],
        message=message.format_map(fault.operands),
        explanation=explanation.format_map(fault.operands),
        pc=pc,
        operands=MappingProxyType(fault.operands),
        over_budget=fault.identity in _OVER_BUDGET,
    )


def is_own(identity: str) -> bool:
    """Whether the released machine knows no such fault."""
    return identity in _OWN
