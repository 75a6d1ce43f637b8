"""Every program that ships opens in the debugger, runs to its end and steps back from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger, run_app, screen_text, settle
from vm.contract import Status
from xqdbg import machines, resources
from xqdbg.session import Session


@pytest.mark.parametrize("example", list(resources.examples()), ids=lambda example: example.name)
def test_example_opens_runs_and_steps_back(example: resources.Example) -> None:
    tools, program = machines.open_program(example.program.read_bytes(), str(example.program))
    inputs = json.loads(example.inputs.read_text(encoding="utf-8")) if example.inputs else {}
    machine = tools.machine(program, inputs)

    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert example.name in screen_text(pilot.app)
        await pilot.press("s", "n", "c")
        await settle(pilot)
        ended = debug_screen(pilot).moment
        assert ended is not None and ended.status is (Status.FAULTED if example.name == "faulty" else Status.HALTED)
        assert ("halted" if ended.fault is None else ended.fault.code) in screen_text(pilot.app)
        stem = example.program.stem
        own = "expected.json" if stem == "program" else f"{stem}.expected.json"
        expected = json.loads(example.program.with_name(own).read_text(encoding="utf-8"))
        outcome = tools.outcome(machine)
        assert {key: outcome[key] for key in expected} == expected
        await pilot.press("S")
        await settle(pilot)
        before = debug_screen(pilot).moment
        assert before is not None and (before.tick, before.status) == (ended.tick - 1, Status.READY)

    run_app(debugger(Session(machine, example.name)), script)
