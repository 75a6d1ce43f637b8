"""The invariants of the timeline on XQVM: a seek is a replay, and back undoes step."""

from __future__ import annotations

import random
from sys import getsizeof

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from vm.contract import Status
from vm.xqvm import Model, Program, XqvmMachine, assemble
from xqdbg.session import Session
from xqdbg.timeline import Pacing, Timeline
from xqdbg.trap import Trap

SEEDS = st.integers(0, 1 << 40)
CLOSE = Pacing(most_slice=7, least_spacing=5, spacing_seconds=0, dense_seconds=0, most=9)
"""Checkpoints every few ticks, and few of them, so that short programs meet slice borders and thinning."""


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


def fresh(seed: int, tick: int) -> str:
    machine = build(seed)
    machine.run(tick)
    return machine.digest()


@given(SEEDS, st.lists(st.integers(0, 120), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_seek_is_a_fresh_run_whatever_was_visited(seed: int, visits: list[int]) -> None:
    machine = build(seed)
    line = Timeline(machine, CLOSE)
    for tick in visits:
        line.seek(tick)
        assert machine.digest() == fresh(seed, tick)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_back_undoes_step_to_the_end_and_all_the_way_back(seed: int) -> None:
    machine = build(seed)
    session, digests = Session(machine, pacing=CLOSE), [machine.digest()]
    while not machine.status.ended and len(digests) < 80:
        session.step()
        digests.append(machine.digest())
        session.back()
        assert machine.digest() == digests[-2]
        session.step()
        assert machine.digest() == digests[-1]
    for digest in reversed(digests[:-1]):
        session.back()
        assert machine.digest() == digest


@given(SEEDS, st.integers(1, 4), st.integers(-1, 2))
@settings(max_examples=100, deadline=None)
def test_going_back_meets_what_going_forward_met(seed: int, some: int, depth: int) -> None:
    machine = build(seed)
    walked = [machine.pc]
    while not machine.status.ended and len(walked) < 200:
        machine.run(1)
        walked.append(machine.pc)
    stop = Trap(frozenset(random.Random(seed).choices(walked, k=some)), depth)
    forward, line = [], Timeline(build(seed), CLOSE)
    if stop.holds(line.machine):
        forward.append(0)
    while line.tick < len(walked) - 1 and line.forward(len(walked) - 1 - line.tick, stop).status is Status.PAUSED:
        forward.append(line.tick)
    back = []
    line.seek(len(walked) - 1)
    while (found := line.back_to(stop)) is not None:
        back.append(found.tick)
    assert back == [tick for tick in reversed(forward) if tick < len(walked) - 1]


@pytest.mark.parametrize("tick", [0, 1, 999, 123_456, 499_999, 700_012, 700_013])
def test_a_long_run_can_be_visited_anywhere(tick: int) -> None:
    text = "PUSH 0\nSTOW r1\nPUSH 0\nPUSH 100000\nRANGE\nLVAL r0\nLOAD r1\nLOAD r0\nADD\nSTOW r1\nNEXT\nLOAD r1\n"
    text += "PUSH 9\nPUSH 8\nPUSH 7\nPUSH 6\nPUSH 5\nPUSH 4\nPUSH 3"
    line, alone = Timeline(XqvmMachine(assemble(text))), XqvmMachine(assemble(text))
    line.forward(None)
    assert line.tick == 700_013 - 100_000
    for there in (0, 400_000, tick):
        line.seek(there)
    alone.run(tick)
    machine = line.machine
    assert isinstance(machine, XqvmMachine) and machine.digest() == alone.digest()


REWRITING = """
PUSH 200
BQMX r0
PUSH 0
PUSH 8
RANGE
  LVAL r3
  PUSH 0
  PUSH 200
  RANGE
    LVAL r1
    LOAD r1
    PUSH 200
    LOAD r1
    SUB
    RANGE
      LVAL r2
      LOAD r1
      LOAD r2
      LOAD r3
      INC
      SETQUAD r0
    NEXT
  NEXT
NEXT
"""


def held(line: Timeline) -> int:
    """Bytes of all the rows of models that checkpoints on the shelf keep alive, each counted once."""
    rows: dict[int, int] = {}
    for tick in line.shelf:
        checkpoint = line.shelf.at_or_before(tick)
        for value in checkpoint.regs:  # type: ignore[attr-defined]
            if isinstance(value, Model):
                rows.update({id(row): getsizeof(row) for row in value.quad.values()})
    return sum(rows.values())


def test_the_memory_of_a_model_rewritten_again_and_again_is_bounded() -> None:
    machine = XqvmMachine(assemble(REWRITING), step_limit=None)
    pacing = Pacing(spacing_seconds=0, least_spacing=4000, recording_share=1e9, most_bytes=6_000_000)
    line = Timeline(machine, pacing)
    line.forward(None)
    assert machine.fault is None and line.tick > 900_000
    assert len(line.shelf) > 3
    assert held(line) <= pacing.most_bytes
