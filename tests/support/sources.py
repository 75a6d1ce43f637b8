"""Every assembly text that ships and assembles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from vm.diagnostics import ProgramError
from vm.xqvm.assembler import assemble
from xqdbg import resources
from xqdbg.batch.discovery import discover


@cache
def sources() -> tuple[tuple[str, str], ...]:
    """Name and text of each, without repetitions."""
    names: dict[str, str] = {}
    for name, text in _found():
        names.setdefault(text, name)
    return tuple((name, text) for text, name in names.items() if _is_program(text))


def _found() -> Iterator[tuple[str, str]]:
    for example in (each for each in resources.examples() if each.program.suffix == ".xqasm"):
        yield example.name, example.program.read_text("utf-8")
    for found in discover(str(resources.conformance())):
        case = {} if found.case is None or found.case.get("machine") == "pvm" else found.case
        source = case.get("source", case.get("program"))
        if isinstance(source, str):
            yield found.name, source


def _is_program(text: str) -> bool:
    try:
        assemble(text)
    except ProgramError:
        return False
    return True
