"""Obeying a command line inside the test process."""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from xqdbg.batch import cli


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command line came to."""

    code: int
    out: str
    err: str
    raw: bytes
    opened: tuple[Namespace, ...]
    """Arguments with which the debugger was opened."""


Obey = Callable[..., Answer]


@pytest.fixture
def obey(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Obey:
    """`obey("run", "x.xqasm", stdin=b"")`; the debugger is not opened, only asked for."""

    def run(*words: str | Path, stdin: bytes = b"") -> Answer:
        opened: list[Namespace] = []

        def open_debugger(arguments: Namespace) -> int:
            opened.append(arguments)
            return 0

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin), isatty=lambda: False))
        capsysbinary.readouterr()
        code = cli.main([str(word) for word in words], open_debugger)
        out, err = capsysbinary.readouterr()
        return Answer(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), out, tuple(opened))

    return run


@pytest.fixture
def source(tmp_path: Path) -> Callable[[str], Path]:
    """Writes an assembly text into a file of its own."""

    def write(text: str) -> Path:
        path = tmp_path / "program.xqasm"
        path.write_text(text, encoding="utf-8")
        return path

    return write
