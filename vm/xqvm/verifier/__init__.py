"""The static verifier of XQVM bytecode, verdict for verdict that of release 0.4.5. Section 12.

Phases: structure (1), kinds (2), set on every path (3), depth (4). A phase runs only if those
before it found nothing, for its graph would mean nothing; within a phase everything is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vm.xqvm.verifier.depth import Depths
from vm.xqvm.verifier.finding import Finding, UnsettledError
from vm.xqvm.verifier.flow import build_graph
from vm.xqvm.verifier.kinds import check_kinds, check_set
from vm.xqvm.verifier.structure import read_structure

__all__ = ["Finding", "predicted_depths", "verify"]


def verify(code: bytes) -> tuple[Finding, ...]:
    """Findings about an instruction stream, the one release 0.4.5 reports first; none if it is accepted.

    On some hostile programs the release never ends; there, and where the work it takes grows out
    of bounds, a finding `Unsettled` says so.
    """
    structure, findings = read_structure(code)
    if findings:
        return findings
    graph = build_graph(structure)
    try:
        return (
            _unique(check_kinds(graph))
            or _unique(check_set(graph))
            or _unique(Depths(structure, graph).check())
        )  # fmt: skip
    except UnsettledError as unsettled:
        return (unsettled.finding(),)


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))


def predicted_depths(code: bytes) -> Mapping[int, int | None]:
    """Depth of the stack before each instruction, by offset, as phase 4 predicts it.

    None where the stack would have run empty; offsets no way leads to are missing. A stream
    that does not decode, or whose loops or jumps are broken, predicts nothing.
    Where ways of different depth meet it is the least.
    """
    structure, findings = read_structure(code)
    if findings:
        return {}
    try:
        return Depths(structure, build_graph(structure)).predicted()
    except UnsettledError:
        return {}
