"""How a program of the PVM ends badly, told in words (PVM reference, sections 10 to 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from vm.faults import Fault, FaultReport

CODES: Mapping[str, str] = MappingProxyType(
    {
        "Panic": "PANIC",
        "PageFault": "PAGE_FAULT",
        "OutOfGas": "OUT_OF_GAS",
        "MemoryLimit": "MEMORY_LIMIT",
        "HostReply": "HOST_REPLY",
    }
)
"""Neutral names of what can go wrong, by identity."""

_OVER_BUDGET = frozenset({"OutOfGas", "MemoryLimit"})

_PANICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "trap": (
            "trap",
            "The program executed a trap: it gave up of its own accord. Look at what led here; a trap is where "
            "compilers put what must not happen.",
        ),
        "undefined": (
            "no instruction at {pc:#x}",
            "No instruction begins here: the octet is none, is an operand of another one, or lies behind the end of "
            "the code. Control came here by running on, or by the address the machine was started at.",
        ),
        "target": (
            "no basic block begins at {target:#x}",
            "The jump leads to {target:#x}, and only where a basic block begins can jumps land: at 0 and behind "
            "instructions that end a block. Put a fallthrough in front of the target.",
        ),
        "table": (
            "the jump table has no entry {address:#x} to jump to",
            "A dynamic jump goes by the jump table: address 2 stands for its first entry, 4 for its second, and "
            "{address:#x} for none at which a basic block begins. Look at where the register got its value.",
        ),
        "low": (
            "access to {access:#x}, below 0x10000",
            "The {size} octets at {access:#x} cannot be {done}: addresses below 0x10000 are never mapped. This is what "
            "becomes of a null pointer, of one that is nearly null, and of an access over the end of the space.",
        ),
    }
)


def report(fault: Fault, pc: int) -> FaultReport:
    """A fault of the instruction at an address. Of an access it must have the first octet, the size and the rights."""
    operands = {**fault.operands, "pc": pc}
    title, explanation = _TOLD[fault.identity](operands)
    return FaultReport(
        identity=fault.identity,
        code=CODES[fault.identity],
        message=title,
        explanation=explanation,
        pc=pc,
        operands=MappingProxyType(fault.operands),
        address=_address(operands),
        over_budget=fault.identity in _OVER_BUDGET,
    )


def _address(operands: Mapping[str, object]) -> int | None:
    """Where memory was accessed: the page that refused, or the first octet where that lies behind it."""
    access, page = operands.get("access"), operands.get("address")
    if not isinstance(access, int) or not isinstance(page, int):
        return None
    return max(access, page)


def _panic(operands: Mapping[str, object]) -> tuple[str, str]:
    title, explanation = _PANICS[str(operands["why"])]
    return f"Panic: {title.format_map(operands)}", explanation.format_map(operands)


def _page_fault(operands: Mapping[str, object]) -> tuple[str, str]:
    page, rights = operands["address"], operands["rights"]
    title = f"PageFault at {page:#x}"
    mended = 1 if operands["done"] == "read" else 2
    return title, (
        f"The {operands['size']} octets at {operands['access']:#x} cannot be {operands['done']}: the page {page:#x} is "
        f"{rights}. "
        + ("Look at why the program writes there" if rights == "read-only" else "Look at how the address was computed")
        + f", or set rights[{page:#x}] = {mended} and pc = {operands['pc']:#x} to try again."
    )


def _out_of_gas(operands: Mapping[str, object]) -> tuple[str, str]:
    return "OutOfGas", (
        f"All {operands['limit']:,} gas is used. Give more gas, or look for a loop that does not end; after "
        f"`set gas = N` and `set pc = {operands['pc']:#x}` it goes on from here."
    )


def _memory_limit(operands: Mapping[str, object]) -> tuple[str, str]:
    return f"MemoryLimit {{ limit: {operands['limit']} }}", (
        f"The pages the program has written would take more than the {operands['limit']:,} octets they may. The "
        "machine has no such limit, this debugger has: raise memory_limit in the inputs, or write less."
    )


def _host_reply(operands: Mapping[str, object]) -> tuple[str, str]:
    return f"HostReply to call {operands['number']}", (
        f"The inputs have a reply to host call {operands['number']}, but it cannot be given: {operands['what']}."
    )


_TOLD: Mapping[str, Callable[[Mapping[str, object]], tuple[str, str]]] = MappingProxyType(
    {
        "Panic": _panic,
        "PageFault": _page_fault,
        "OutOfGas": _out_of_gas,
        "MemoryLimit": _memory_limit,
        "HostReply": _host_reply,
    }
)
