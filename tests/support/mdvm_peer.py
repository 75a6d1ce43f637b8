"""The released Machine Dialect VM as a black box, in a process of its own.

Set XQDBG_MDVM_PYTHON to an interpreter, of CPython 3.11, that has `machine-dialect-vm==0.1.0a2` installed.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from typing import Any

_DRIVER = r"""
import json, os, struct, sys, tempfile, time
import machine_dialect_vm
answers = os.fdopen(os.dup(1), "w")
def told(value):
    if value is None:
        return {"type": "none"}
    kind = type(value).__name__
    if kind == "float":
        return {"type": kind, "value": repr(value), "bits": struct.pack(">d", value).hex()}
    if kind == "list":
        return {"type": kind, "value": [told(item) for item in value]}
    if kind == "dict":
        return {"type": kind, "value": {key: told(item) for key, item in value.items()}}
    return {"type": kind, "value": str(value) if kind == "int" else value}
def answer(case, program, output):
    with open(program, "wb") as file:
        file.write(bytes.fromhex(case["program"]))
    with open(output, "wb") as file:
        os.dup2(file.fileno(), 1)
    found = {"runs": []}
    vm = machine_dialect_vm.RustVM()
    try:
        vm.load_bytecode(program)
        for _ in range(case["executes"]):
            try:
                began = time.perf_counter()
                result = vm.execute()
                if case["timed"]:
                    found["seconds"] = time.perf_counter() - began
                found["runs"].append({"result": told(result), "count": vm.instruction_count()})
            except RuntimeError as error:
                found["runs"].append({"error": str(error), "count": vm.instruction_count()})
    except RuntimeError as error:
        found["load"] = str(error)
    with open(output, "rb") as file:
        found["stdout"] = file.read().decode()
    answers.write(json.dumps(found) + "\n")
    answers.flush()
with tempfile.TemporaryDirectory() as folder:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            code = 1
            try:
                answer(json.loads(line), os.path.join(folder, "p.mdbc"), os.path.join(folder, "out"))
                code = 0
            finally:
                os._exit(code)
        if os.waitpid(child, 0)[1]:
            answers.write("null\n")
            answers.flush()
"""


def interpreter() -> str | None:
    """An interpreter that has the machine; None if there is none."""
    candidate = os.environ.get("XQDBG_MDVM_PYTHON")
    if not candidate:
        return None
    asked = subprocess.run([candidate, "-c", "import machine_dialect_vm"], capture_output=True)
    return candidate if asked.returncode == 0 else None


def run(python: str, programs: Iterable[tuple[bytes, int]], *, timed: bool = False) -> list[dict[str, Any] | None]:
    """What the machine makes of files, one after the other, each executed so many times; None where it dies."""
    lines = "".join(
        json.dumps({"program": data.hex(), "executes": times, "timed": timed}) + "\n" for data, times in programs
    )
    done = subprocess.run([python, "-c", _DRIVER], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def seconds(python: str, program: bytes) -> tuple[float, dict[str, Any]]:
    """How long the machine takes for a program that ends well, and what it makes of it."""
    (answer,) = run(python, [(program, 1)], timed=True)
    if answer is None or "result" not in answer["runs"][0]:
        raise AssertionError("the peer does not run the program to its end")
    return answer["seconds"], answer["runs"][0]
