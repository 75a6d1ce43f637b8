"""Another PVM as a black box, in a process of its own: the engines of tsrkit-pvm.

Set XQDBG_TSRKIT_PYTHON to an interpreter, of CPython 3.12, that has `tsrkit-pvm==0.2.1` installed.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from typing import Any

from vm.pvm.machine import PvmMachine
from vm.pvm.memory import PAGE, WRITABLE

_DRIVER = r"""
import json, sys, time
if sys.argv[1] == "cython":
    from tsrkit_pvm import CyInterpreter as Interpreter
    from tsrkit_pvm.cpvm import CyMemory as INT_Memory, CyProgram as INT_Program
elif sys.argv[1] == "recompiler":
    from tsrkit_pvm import REC_Memory as INT_Memory, REC_Program as INT_Program, Recompiler as Interpreter
    if Interpreter is None:
        sys.exit("the package reports that it has no recompiler here")
else:
    from tsrkit_pvm import INT_Memory, INT_Program, Interpreter
for line in sys.stdin:
    case = json.loads(line)
    octets = {}
    for address, contents in case["memory"]:
        octets.update(enumerate(bytes.fromhex(contents), address))
    memory = INT_Memory(octets, case["readable"], case["writable"], case["heap"])
    program = INT_Program.decode_from(bytes.fromhex(case["program"]))[0]
    began = time.perf_counter()
    ended = Interpreter.execute(program, case["pc"], case["gas"], case["registers"], memory)
    seconds = time.perf_counter() - began
    status, _, gas, registers, memory = ended
    pages = {str(page): bytes(memory.read(page * 4096, 4096)).hex() for page in case["shown"]}
    name = str(getattr(status, "value", status).name)
    answer = {"status": name, "gas": gas, "registers": list(map(int, registers)), "pages": pages}
    print(json.dumps({**answer, "seconds": seconds}), flush=True)
"""


ENGINES = ("python", "cython", "recompiler")
"""The last one is not found by the package as it is installed from the registry; it says so."""


def interpreter() -> str | None:
    """An interpreter that has the engine; None if there is none."""
    candidate = os.environ.get("XQDBG_TSRKIT_PYTHON")
    if candidate and subprocess.run([candidate, "-c", "import tsrkit_pvm"], capture_output=True).returncode == 0:
        return candidate
    return None


def case(machine: PvmMachine, shown: Iterable[int] = ()) -> dict[str, Any]:
    """A machine at its start, as the engine is told of it; `shown` are numbers of pages to be told at the end."""
    areas = machine.memory.areas
    readable = [page for first, end, _ in areas for page in range(first, end)]
    writable = [page for first, end, rights in areas if rights == WRITABLE for page in range(first, end)]
    return {
        "program": machine.program.parts.pack().hex(),
        "pc": machine.pc,
        "gas": machine.gas,
        "registers": list(machine.regs),
        "readable": readable,
        "writable": writable,
        "memory": [[number * PAGE, bytes(page).hex()] for number, page in machine.memory.stored()],
        "heap": machine.memory.heap,
        "shown": list(shown),
    }


def run(python: str, cases: Iterable[dict[str, Any]], engine: str = "python") -> list[dict[str, Any]]:
    """What one of `ENGINES` makes of cases, one after the other; `seconds` is what it took for each alone."""
    lines = "".join(json.dumps(each) + "\n" for each in cases)
    done = subprocess.run([python, "-c", _DRIVER, engine], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
