"""The text a compiled program was written in, where it lies beside it. Nobody vouches for it: it is used if it fits."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xqdbg import machines
from xqdbg.errors import XqdbgError
from xqdbg.intake import read_file

if TYPE_CHECKING:
    from vm.toolchain import Program, Toolchain

MOST_BYTES = 1 << 18
"""Largest text that is looked at."""
_LEVELS = tuple(f".O{level}" for level in range(4))
"""What compilers put before the suffix to tell how they optimised."""


def with_original(tools: Toolchain, program: Program, path: str) -> Program:
    """The program with the lines of its text, as far as they are certain; the same if there is no such text."""
    machine = machines.registered(tools.name)
    if not machine.aligner:
        return program
    for text in _texts(path, machine):
        found: Program | None = importlib.import_module(machine.aligner).align(program, text)
        if found is not None:
            return found
    return program


def _texts(path: str, machine: machines.Registration) -> Iterator[str]:
    """The texts beside a file of bytecode that can be read, one at most for each name it may have."""
    stem, suffix = os.path.splitext(path)
    if suffix.lower() not in machine.code_suffixes:
        return
    stems = [stem, *(stem.removesuffix(level) for level in _LEVELS if stem.endswith(level))]
    for name in (f"{each}{end}" for each in stems for end in machine.original_suffixes):
        try:
            if os.path.isfile(name):
                yield read_file(name, MOST_BYTES).decode("utf-8")
        except (XqdbgError, OSError, ValueError):
            continue
