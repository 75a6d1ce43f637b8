"""The same hundred commands, typed into the terminal, read by the dialogue, and obeyed in batch, end in one state."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger, explored, run_app, type_line
from xqdbg.__main__ import main
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session

PROGRAM = "example:tsp5/encoder"
TRANSCRIPT = Path(__file__).parents[1] / "sessions" / "everything.xqd"


def commands() -> list[str]:
    """Its lines, without comments."""
    lines = TRANSCRIPT.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def session() -> Session:
    target = open_target(PROGRAM)
    assert target.inputs is not None
    machine = target.tools.machine(target.program, read_object(target.inputs))
    return Session(machine, target.name, opened=Opened(target.tools, target.program))


def test_it_has_a_hundred_commands() -> None:
    assert len(commands()) >= 100


def test_all_faces_end_in_the_same_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    by_faces = {name: tmp_path / f"{name}.xqs" for name in ("terminal", "dialogue", "batch")}

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for line in commands():
            await type_line(pilot, line)
            if debug_screen(pilot).command_line.is_open:
                await pilot.press("escape")
        await type_line(pilot, f"save {by_faces['terminal'].name}")

    run_app(debugger(session()), script, (120, 40))
    text = "\n".join([*commands(), f"save {by_faces['dialogue'].name}"]) + "\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
    main(["repl", PROGRAM])
    steps = tmp_path / "steps.xqd"
    steps.write_text("\n".join([*commands(), f"save {by_faces['batch'].name}"]) + "\n", encoding="utf-8")
    main(["exec", PROGRAM, "-x", str(steps), "--keep-going"])
    out, err = capsysbinary.readouterr()
    assert b"Traceback" not in out + err
    kept = {name: path.read_text(encoding="utf-8") for name, path in by_faces.items()}
    assert kept["terminal"] == kept["dialogue"] == kept["batch"]
    assert '"lighter"' in kept["batch"] and '"second"' in kept["batch"], "it is about something"
