"""Both engines of the Machine Dialect VM, and the released machine, which is compiled from Rust, where it is installed.

A run of the compiled engine is a whole one: what is compiled is compiled in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.benchmarks.entry import Entry, skipped, timed
from tests.support import mdvm_peer
from vm.mdvm.engines import AUTOMATIC, COMPILED, INTERPRETER
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from vm.mdvm.toolchain import TOOLCHAIN
from vm.mdvm.vectors import result_of

LEAST_INTERPRETED = 3.0
"""Million instructions a second."""
MOST_TOLL = 1.1
"""Times the interpreter's time that a run may take at most, however short it is."""
_ABSENT = "no CPython 3.11 with machine-dialect-vm 0.1.0a2; name one by XQDBG_MDVM_PYTHON"
_LIMITS = Inputs(instructions=1 << 40)

_COUNTING = """
        load_const  r0, {n}
        load_const  r1, 1
        load_const  r2, 0
        load_const  r3, 0
again:  lt          r4, r3, r0
        jump_if_not r4, done
        add         r2, r2, r3
        add         r3, r3, r1
        jump        again
done:   return      r2
"""
_REMAINDERS = """
        load_const  r0, {n}
        load_const  r1, 1
        load_const  r2, 0
        load_const  r3, 7
again:  jump_if_not r0, done
        mod         r4, r0, r3
        add         r2, r2, r4
        sub         r0, r0, r1
        jump        again
done:   return      r2
"""
_FLOATS = """
        load_const  r0, {n}
        load_const  r1, 1
        load_const  r2, 1.5
        load_const  r3, 1.0000001
        load_const  r5, 0.25
again:  jump_if_not r0, done
        mul         r2, r2, r3
        sub         r2, r2, r5
        add         r2, r2, r5
        sub         r0, r0, r1
        jump        again
done:   return      r2
"""
_CALLS = """
        .func "last" last
        load_const  r0, {n}
        load_const  r1, 1
        load_const  r2, 0
        load_const  r3, "last"
again:  jump_if_not r0, done
        call        r4, r3, r0
        add         r2, r2, r4
        sub         r0, r0, r1
        jump        again
done:   return      r2
last:   load_const  r1, 13
        mod         r0, r0, r1
        return      r0
"""
_RECURSION = """
        .func "fib" fib
        load_const  r0, {n}
        load_const  r1, "fib"
        call        r2, r1, r0
        return      r2
fib:    load_const  r1, 2
        lt          r2, r0, r1
        jump_if     r2, base
        load_const  r3, 1
        sub         r4, r0, r3
        load_const  r5, "fib"
        call        r6, r5, r4
        sub         r4, r0, r1
        call        r7, r5, r4
        add         r8, r6, r7
        return      r8
base:   return      r0
"""
_FILLING = """
        load_const  r0, {n}
        load_const  r1, 1
        load_const  r2, 0
        new_array   r3, r0
again:  lt          r4, r2, r0
        jump_if_not r4, done
        array_set   r3, r2, r2
        add         r2, r2, r1
        jump        again
done:   array_len   r5, r3
        return      r5
"""
PROGRAMS: Mapping[str, tuple[str, int, int, float]] = MappingProxyType(
    {
        "counting": (_COUNTING, 12_000_000, 200_000, 1.0),
        "remainders": (_REMAINDERS, 12_000_000, 200_000, 1.0),
        "floats": (_FLOATS, 12_000_000, 200_000, 1.0),
        "calls": (_CALLS, 2_000_000, 60_000, 5.0),
        "recursion": (_RECURSION, 28, 20, 5.0),
        "array filling": (_FILLING, 40_000, 40_000, 50.0),
    }
)
"""Text, how much of it where it is compiled and where it is interpreted, and the goal: times the released machine."""
_SHORT = {
    "counting": 76_000,
    "remainders": 76_000,
    "floats": 64_000,
    "calls": 46_000,
    "recursion": 22,
    "array filling": 72_000,
}
"""How much of each is about 380,000 instructions."""


def entries(quick: bool) -> Iterator[Entry]:
    """Instructions a second of both engines, against the released machine, and the toll of choosing by itself."""
    python = mdvm_peer.interpreter()
    for name, (text, large, small, goal) in PROGRAMS.items():
        yield _interpreted(name, _program(text, small))
        program = _program(text, large // 10 if quick and name != "recursion" else large)
        seconds, machine = min((_ran(program, COMPILED) for _ in range(1 if quick else 3)), key=lambda each: each[0])
        speed = machine.tick / seconds / 1e6
        yield Entry(f"Machine Dialect compiled, {name}", speed, "Minstr/s")
        title = f"Machine Dialect compiled against the released machine, {name}"
        if python is None:
            yield skipped(title, "x", _ABSENT)
        else:
            yield _against(title, python, program, machine, speed, goal)
    yield from _tolls(quick)


def _program(text: str, size: int) -> Program:
    return TOOLCHAIN.assemble(text.replace("{n}", str(size)))


def _ran(program: Program, engine: str) -> tuple[float, MdvmMachine]:
    """A run to the end by a program that nothing was compiled of, and how long it took."""
    machine = MdvmMachine(Program(program.parts), _LIMITS, engine)
    return timed(machine.run)[0], machine


def _interpreted(name: str, program: Program) -> Entry:
    seconds, machine = min((_ran(program, INTERPRETER) for _ in range(3)), key=lambda each: each[0])
    speed = machine.tick / seconds / 1e6
    return Entry(f"Machine Dialect interpreter, {name}", speed, "Minstr/s", at_least=LEAST_INTERPRETED)


def _against(title: str, python: str, program: Program, machine: MdvmMachine, speed: float, goal: float) -> Entry:
    seconds, answer = min((mdvm_peer.seconds(python, program.container()) for _ in range(2)), key=lambda each: each[0])
    if answer != {"result": result_of(machine.result), "count": machine.instructions}:
        raise AssertionError(f"{title}: it comes to something else")
    peer = machine.tick / seconds / 1e6
    detail: dict[str, Any] = {"peer_minstr_s": round(peer, 3), "compiled_minstr_s": round(speed, 2)}
    return Entry(title, speed / peer, "x", at_least=goal, detail=detail)


def _tolls(quick: bool) -> Iterator[Entry]:
    """What it costs a run that the engine is chosen by itself, or that all is compiled at once.

    The runs end soon after something was compiled; what is imported for that, once in a process, is not counted.
    """
    worst, detail = 0.0, {}
    for name, size in _SHORT.items():
        program = _program(PROGRAMS[name][0], size)
        own, chosen, eager = (
            min(_ran(program, engine)[0] for _ in range(3 if quick else 9))
            for engine in (INTERPRETER, AUTOMATIC, COMPILED)
        )
        detail[name] = {"automatic": round(chosen / own, 3), "compiled": round(eager / own, 3)}
        worst = max(worst, chosen / own)
    title = "Machine Dialect automatic against interpreter, short runs, worst"
    yield Entry(title, worst, "x", at_most=MOST_TOLL, detail=detail)
