"""The released toolchain as a black box, in a process of its own.

Set XQDBG_XQUAD_PYTHON to an interpreter that has `xquad==0.4.5` installed; without it, this one is tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from vm.xqvm.model import Model, Sample, Slot, Vec, VecX

_DRIVER = r"""
import json, sys, tempfile, os
from xqffi import vm
def value(v):
    if not isinstance(v, dict):
        return v
    shape = (v["rows"], v["cols"]) + (() if v["k"] is None else (v["k"],))
    if v["type"] == "sample":
        return vm.XqmxSample(v["domain"], v["values"], *shape)
    model = vm.XqmxModel(v["domain"], v["size"], *shape)
    for i, c in v["linear"]:
        model.set_linear(i, c)
    for i, j, c in v["quadratic"]:
        model.set_quad(i, j, c)
    return model
trace = tempfile.mktemp()
for line in sys.stdin:
    case = json.loads(line)
    machine = vm.Vm()
    machine.set_calldata([value(v) for v in case["calldata"]])
    machine.set_output_slots(case["output_slots"])
    machine.set_step_limit(case["step_limit"])
    machine.set_memory_limit(case["memory_limit"])
    results = []
    for program in case["programs"]:
        try:
            if case["trace"]:
                machine.run(bytes.fromhex(program), "json", trace)
            else:
                machine.run(bytes.fromhex(program))
            fault = None
        except RuntimeError as error:
            fault = str(error)
        results.append({
            "fault": fault, "outputs": machine.outputs_debug(), "stack": machine.stack(), "steps": machine.steps(),
            "instructions": machine.instructions(), "bytes": machine.memory_used(),
            "trace": open(trace).read() if case["trace"] else "",
        })
    print(json.dumps(results), flush=True)
"""


def interpreter() -> str | None:
    """An interpreter that has the toolchain; None if there is none."""
    for candidate in (os.environ.get("XQDBG_XQUAD_PYTHON"), sys.executable):
        if candidate and subprocess.run([candidate, "-c", "import xqffi"], capture_output=True).returncode == 0:
            return candidate
    return None


def run(python: str, cases: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Run every case; each has `programs` (containers in hex), inputs and `trace`."""
    lines = "".join(json.dumps({**case, "calldata": [_send(v) for v in case["calldata"]]}) + "\n" for case in cases)
    done = subprocess.run([python, "-c", _DRIVER], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _send(value: Any) -> Any:
    if not isinstance(value, Model | Sample):
        return value
    shape = {"domain": value.domain.name, "k": value.domain.k, "rows": value.rows, "cols": value.cols}
    if isinstance(value, Sample):
        return {"type": "sample", "values": value.values, **shape}
    return {
        "type": "model",
        "size": value.size,
        "linear": list(value.lines()),
        "quadratic": list(value.quadratic()),
        **shape,
    }


def debug_text(slot: Slot) -> str | None:
    """A value as the toolchain prints it; None for an unset slot. Section 13.4."""
    match slot:
        case int():
            return f"Int({slot})"
        case Vec():
            return f"VecInt({slot.items})"
        case VecX():
            return "VecXqmx([])"
        case Model():
            linear = ", ".join(f"{i}: {v}" for i, v in slot.lines())
            quadratic = ", ".join(f"({i}, {j}): {v}" for i, j, v in slot.quadratic())
            return (
                f"Model(XqmxModel {{ domain: {slot.domain}, size: {slot.size}, linear: {{{linear}}}, "
                f"quadratic: {{{quadratic}}}, rows: {slot.rows}, cols: {slot.cols} }})"
            )
        case Sample():
            return (
                f"Sample(XqmxSample {{ domain: {slot.domain}, values: {slot.values}, "
                f"rows: {slot.rows}, cols: {slot.cols} }})"
            )
    return None
