"""The same commands given to the terminal, to the dialogue and in batch, and what each face saves then."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger, explored, run_app, type_line
from vm.values import dataclass
from xqdbg.__main__ import main
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session

SESSIONS = Path(__file__).parents[1] / "sessions"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    kept: Mapping[str, str]
    """The session file of each face."""
    complaints: Sequence[str]
    """Lines about commands that could not be obeyed in batch."""


def transcript(name: str) -> list[str]:
    """Commands of a file in `tests/sessions`, without comments."""
    lines = (SESSIONS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def session_of(program: str) -> Session:
    """A session as the command line would open it."""
    target = open_target(program)
    inputs = {} if target.inputs is None else read_object(target.inputs)
    machine = target.tools.machine(target.program, inputs)
    return Session(machine, target.name, opened=Opened(target.tools, target.program))


def through_all_faces(
    program: str,
    commands: Sequence[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Told:
    """Have the commands obeyed three times, each time from the beginning."""
    monkeypatch.chdir(folder)
    files = {name: folder / f"{name}.xqs" for name in ("terminal", "dialogue", "batch")}

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for line in commands:
            await type_line(pilot, line)
            if debug_screen(pilot).command_line.is_open:
                await pilot.press("escape")
        await type_line(pilot, f"save {files['terminal'].name}")

    run_app(debugger(session_of(program)), script, (120, 40))
    text = "\n".join([*commands, f"save {files['dialogue'].name}"]) + "\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
    main(["repl", program])
    steps = folder / "steps.xqd"
    steps.write_text("\n".join([*commands, f"save {files['batch'].name}"]) + "\n", encoding="utf-8")
    main(["exec", program, "-x", str(steps), "--keep-going"])
    out, err = capsysbinary.readouterr()
    assert b"Traceback" not in out + err
    complaints = [line for line in err.decode().splitlines() if "-c" not in line and "xqd:" in line]
    return Told({name: path.read_text(encoding="utf-8") for name, path in files.items()}, complaints)
