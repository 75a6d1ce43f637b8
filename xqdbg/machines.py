"""The machines there are. The one place that names them; each is imported when a program asks for it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from vm.diagnostics import InputError, printable
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.intake import decode_text, label

if TYPE_CHECKING:
    from vm.toolchain import Program, Toolchain
    from vm.vectors import Case, Judgement

    Judge = Callable[[Toolchain, Case, str], Judgement | None]


@dataclass(frozen=True, slots=True)
class Registration:
    """How a machine is recognised and where its parts are."""

    name: str
    text_suffixes: tuple[str, ...]
    code_suffixes: tuple[str, ...]
    magic: bytes
    """First bytes of its bytecode files; empty where they begin in no way of their own."""
    toolchain: str
    """Module whose `TOOLCHAIN` implements vm.toolchain.Toolchain."""
    vectors: str
    """Module whose `judge(toolchain, case, engine)` runs a conformance case; None from it: not of this machine."""
    engines: tuple[str, ...] = ("interpreter",)
    """Names of what can run its programs, the reference first.

    Where there are several, the module of the toolchain has `on_engine(name)`, and `TOOLCHAIN` takes what suits best.
    """
    recognition: str = ""
    """Module whose `recognises(data)` tells its bytecode, where no first bytes do, `recognises_text(data)` its text."""
    original_suffixes: tuple[str, ...] = ()
    """Suffixes of texts in a language above assembly that its bytecode is compiled from."""
    aligner: str = ""
    """Module whose `align(program, text)` gives the program the lines of such a text; None if it is of another one."""
    bytecode: str = ""
    """How its bytecode begins, or what it is, to be read behind `bytecode`."""


MACHINES = (
    Registration(
        name="xqvm",
        text_suffixes=(".xqasm",),
        code_suffixes=(".xqb",),
        magic=b"XQBC",
        toolchain="vm.xqvm.toolchain",
        vectors="vm.xqvm.vectors",
        bytecode="begins with XQBC",
    ),
    Registration(
        name="pvm",
        text_suffixes=(".pvmasm",),
        code_suffixes=(".pvm", ".jam"),
        magic=b"",
        toolchain="vm.pvm.toolchain",
        vectors="vm.pvm.vectors",
        recognition="vm.pvm.loading",
        engines=("interpreter", "native"),
        bytecode="is a program of JAM, in octets or in hexadecimal",
    ),
    Registration(
        name="mdvm",
        text_suffixes=(".mdasm",),
        code_suffixes=(".mdbc",),
        magic=b"MDBC",
        toolchain="vm.mdvm.toolchain",
        vectors="vm.mdvm.vectors",
        recognition="vm.mdvm.loading",
        engines=("interpreter", "compiled"),
        original_suffixes=(".md",),
        aligner="vm.mdvm.alignment",
        bytecode="begins with MDBC",
    ),
)


def toolchain(machine: Registration, engine: str | None = None) -> Toolchain:
    """Import the machine's tools; with an engine, those that use no other one.

    XqdbgError if the machine does not have it, or it cannot be had here.
    """
    module = importlib.import_module(machine.toolchain)
    found: Toolchain = module.TOOLCHAIN
    if engine is None or (engine,) == machine.engines:
        return found
    if engine not in machine.engines:
        known = ", ".join(machine.engines)
        raise XqdbgError(f"{machine.name} has no engine {printable(engine[:40])!r}", f"it has {known}")
    try:
        found = module.on_engine(engine)
    except InputError as error:
        raise XqdbgError(str(error)) from None
    return found


def engines() -> Sequence[str]:
    """Names of all engines, the references first."""
    return tuple(dict.fromkeys(engine for machine in MACHINES for engine in machine.engines))


def judge(machine: Registration) -> Judge:
    """Import what runs the machine's conformance cases."""
    found: Judge = importlib.import_module(machine.vectors).judge
    return found


def registered(name: str) -> Registration:
    """The machine of that name; XqdbgError if there is none."""
    for machine in MACHINES:
        if machine.name == name:
            return machine
    known = ", ".join(machine.name for machine in MACHINES)
    raise XqdbgError(f"there is no machine {printable(name[:40])!r}", f"this xqdbg has {known}")


def text_suffixes() -> frozenset[str]:
    """Suffixes of all assembly texts."""
    return _suffixes(machine.text_suffixes for machine in MACHINES)


def code_suffixes() -> frozenset[str]:
    """Suffixes of all bytecode files."""
    return _suffixes(machine.code_suffixes for machine in MACHINES)


def _suffixes(groups: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(suffix for group in groups for suffix in group)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def recognise(data: bytes, name: str) -> tuple[Registration, bool]:
    """The machine a file is for, and whether it is bytecode: by its first bytes, by suffix, then by all of it.

    A file that nothing tells of is text for the first machine.
    """
    for machine in MACHINES:
        if _begins(machine, data):
            return machine, True
    suffix = _suffix(name)
    for machine in MACHINES:
        if suffix in machine.code_suffixes:
            return machine, True
        if suffix in machine.text_suffixes:
            return machine, False
    for machine in MACHINES:
        if _recognised(machine, data):
            return machine, True
    return next((machine for machine in MACHINES if _worded(machine, data)), MACHINES[0]), False


def is_bytecode(data: bytes) -> bool:
    """Whether the content alone says so."""
    return any(_begins(machine, data) or _recognised(machine, data) for machine in MACHINES)


def _begins(machine: Registration, data: bytes) -> bool:
    return bool(machine.magic) and data.startswith(machine.magic)


def _recognised(machine: Registration, data: bytes) -> bool:
    """Whether a machine without first bytes of its own takes the whole for a program."""
    if not machine.recognition:
        return False
    found: bool = importlib.import_module(machine.recognition).recognises(data)
    return found


def _worded(machine: Registration, data: bytes) -> bool:
    """Whether a text begins as only those of this machine do."""
    if not machine.recognition:
        return False
    found: bool = importlib.import_module(machine.recognition).recognises_text(data)
    return found


def open_program(data: bytes, name: str) -> tuple[Toolchain, Program]:
    """Load bytecode or assemble text; ProgramError for programs that are none, XqdbgError for what is not even text."""
    machine, is_code = recognise(data, name)
    if not is_code:
        if b"\0" in data and _suffix(name) not in machine.text_suffixes:
            hint = f"bytecode {', or '.join(each.bytecode for each in MACHINES)}"
            raise XqdbgError(f"{label(name)} is neither assembly text nor bytecode", hint)
        return _assemble(machine, data, name)
    tools = toolchain(machine)
    return tools, tools.load(data, label(name))


def assemble(data: bytes, name: str) -> tuple[Toolchain, Program]:
    """Assemble text for the machine of its suffix, else for the one it is worded for, else for the first one."""
    suffix = _suffix(name)
    named = [machine for machine in MACHINES if suffix in machine.text_suffixes + machine.code_suffixes]
    named += [machine for machine in MACHINES if _worded(machine, data)]
    return _assemble(named[0] if named else MACHINES[0], data, name)


def _assemble(machine: Registration, data: bytes, name: str) -> tuple[Toolchain, Program]:
    tools = toolchain(machine)
    return tools, tools.assemble(decode_text(data, label(name)), label(name))
