"""The verifier's word beside what happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.prediction import prediction
from xqdbg.session import Opened, Session

MISMATCH = "PUSH 3\nPUSH 1\nJUMPI .0\nPUSH 9\n.0: ADD\nHALT"
GOOD = "PUSH 0\nPUSH 3\nRANGE\nLVAL r1\nNEXT\nHALT"


def opened(text: str) -> Session:
    program = TOOLCHAIN.assemble(text, "text")
    return Session(TOOLCHAIN.machine(program, {}), "text", opened=Opened(TOOLCHAIN, program))


def test_a_program_that_keeps_to_it() -> None:
    answer = opened(GOOD).predicted()
    assert (len(answer.rows), answer.complete, answer.value) == (0, True, {"depth": 0, "wrong": 0})
    assert answer.title.startswith("the verifier finds nothing; the depth of stack was as predicted at all 6 ")
    assert answer.title.endswith("the run ends at tick 10, halted")


def test_a_finding_stands_beside_what_became_of_it() -> None:
    session = opened(MISMATCH)
    (row,) = session.predicted().rows
    assert row.data["kind"] == "StackDepthMismatch"
    assert (row.data["runs"], row.data["faulted"], row.tick) == (1, False, 3)
    never = opened("PUSH 1\nJUMPI .1\n.0: ADD\nHALT\n.1: PUSH 0\nJUMPI .0\nHALT").predicted()
    assert [(row.data["runs"], row.tick) for row in never.rows] == [(0, None)] * len(never.rows) != []


def test_a_prediction_that_is_wrong_is_told_with_its_first_time() -> None:
    session = opened(GOOD)
    forecast = session.forecast
    assert forecast is not None
    body = session.code[3].pc
    wrong = replace(forecast, depths={**forecast.depths, body: 4})
    answer = prediction(session.history, wrong, session.machine)
    assert [(row.pc, row.tick, row.data["times"], row.data["first"]) for row in answer.rows] == [(body, 3, 3, 0)]
    assert "not as predicted at 1 of 6" in answer.title


def test_without_the_program_there_is_no_word() -> None:
    with pytest.raises(XqdbgError, match="not at hand"):
        Session(TOOLCHAIN.machine(TOOLCHAIN.assemble(GOOD, "x"), {})).predicted()
