"""Speed of the PVM interpreter on the programs that ship, against the pure Python engine where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from tests.benchmarks.entry import Entry, skipped, timed
from tests.benchmarks.sample import ROOT
from tests.support import pvm_peer
from vm.contract import Effect
from vm.pvm.engines import INTERPRETER
from vm.pvm.machine import PvmMachine
from vm.pvm.program import Program
from vm.pvm.toolchain import TOOLCHAIN, on_engine

LEAST_RATIO = 3.0
SIZES = {
    "fib": 300_000, "sieve": 100_000, "memfill": 20_000, "quicksort": 5_000, "sha256": 40, "crc32": 50_000,
    "matmul": 28, "collatz": 3_000, "nqueens": 8, "mandel": 40,
}  # fmt: skip
"""What each program is told to do: 60,000 to 1,500,000 instructions."""
_ABSENT = "no CPython 3.12 with tsrkit-pvm 0.2.1; name one by XQDBG_TSRKIT_PYTHON"


def entries(quick: bool) -> Iterator[Entry]:
    """Instructions a second of each program, and how many times more they are than the peer's."""
    names = ("fib", "quicksort", "nqueens") if quick else tuple(SIZES)
    ours = {name: _speed(name, 2 if quick else 5) for name in names}
    for name, speed in ours.items():
        yield Entry(f"PVM interpreter, {name}", speed, "Minstr/s")
    yield Entry("PVM interpreter with effects, quicksort", _watched("quicksort"), "Minstr/s")
    python = pvm_peer.interpreter()
    if python is None:
        yield skipped("PVM interpreter against tsrkit_pvm, geometric mean", "x", _ABSENT)
        return
    answers = pvm_peer.run(python, [pvm_peer.case(machine_of(name)) for name in names])
    ratios = []
    for name, answer in zip(names, answers, strict=True):
        ended = machine_of(name)
        ended.run()
        if (answer["registers"], answer["gas"]) != (ended.regs, ended.gas):
            raise AssertionError(f"{name}: the peer comes to something else")
        peer = ended.tick / answer["seconds"] / 1e6
        ratios.append(ours[name] / peer)
        detail = {"peer": "tsrkit_pvm", "peer_minstr_s": round(peer, 3)}
        yield Entry(f"PVM interpreter against tsrkit_pvm, {name}", ratios[-1], "x", detail=detail)
    mean = prod(ratios) ** (1 / len(ratios))
    yield Entry("PVM interpreter against tsrkit_pvm, geometric mean", mean, "x", at_least=LEAST_RATIO)


def program_of(name: str) -> Program:
    """A program that ships, assembled."""
    text = (ROOT / "conformance" / "programs" / "pvm" / name / "program.pvmasm").read_text("utf-8")
    return TOOLCHAIN.assemble(text, name)


def machine_of(name: str, program: Program | None = None) -> PvmMachine:
    """An interpreter at its start, with the size of the table as its argument."""
    inputs = {"args": SIZES[name].to_bytes(4, "little").hex(), "gas": 1 << 40}
    return on_engine(INTERPRETER).machine(program or program_of(name), inputs)


def _speed(name: str, repeats: int) -> float:
    """Million instructions a second, the time in which blocks are compiled included."""
    program = program_of(name)
    machines = [machine_of(name, program) for _ in range(repeats)]
    seconds = min(timed(machine.run)[0] for machine in machines)
    return machines[0].tick / seconds / 1e6


def _watched(name: str) -> float:
    machine = machine_of(name)

    def note(effect: Effect) -> None:
        """Somebody looks."""

    return 50_000 / timed(lambda: machine.run(50_000, None, note))[0] / 1e6
