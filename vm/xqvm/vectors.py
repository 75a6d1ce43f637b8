"""The conformance cases of XQVM, recognised by their keys."""

from __future__ import annotations

from vm.toolchain import Toolchain
from vm.vectors import Case, Judgement, judge_assembly, judge_run, judge_verdict

_ASSEMBLY = frozenset({"disassembly", "error", "error_kind", "instruction_count", "bytecode_hex"})


def judge(tools: Toolchain, case: Case, engine: str) -> Judgement | None:
    """Judge a case on the one engine there is; None if it is not one of this machine, CaseError if it is broken."""
    if "expected" in case and (isinstance(case.get("program"), str) or isinstance(case.get("bytecode_hex"), str)):
        return judge_run(tools, case)
    if "source" not in case and "bytecode_hex" not in case:
        return None
    if "verdict" in case:
        return judge_verdict(tools, case)
    if _ASSEMBLY & case.keys():
        return judge_assembly(tools, case)
    return None
