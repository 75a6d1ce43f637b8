"""How the debugger is opened: what of the settings reaches the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xqdbg.__main__ import main
from xqdbg.settings import SETTINGS
from xqdbg.tui.app import XqdbgApp


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the app was opened with, in place of opening it; on a terminal, with nobody's settings."""
    seen: list[dict[str, Any]] = []

    def run(app: XqdbgApp, **options: Any) -> None:
        seen.append({**options, "theme": app.theme, "no_color": app.no_color, "NO_COLOR": os.environ.get("NO_COLOR")})

    monkeypatch.setattr(XqdbgApp, "run", run)
    monkeypatch.setattr("xqdbg.tui.app.sys.setswitchinterval", lambda _seconds: None)
    monkeypatch.setattr("xqdbg.tui.app.gc.freeze", lambda: None)
    monkeypatch.setattr("xqdbg.tui.app.gc.set_threshold", lambda *_: None)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    monkeypatch.setenv("NO_COLOR", "")  # so that it is put back afterwards
    for setting in SETTINGS.values():
        monkeypatch.delenv(setting.variable, raising=False)
    return seen


def start(*words: str) -> int:
    """The exit code of `xqdbg` on a terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
        for stream in (sys.stdout, sys.stderr):
            patch.setattr(stream, "isatty", lambda: True, raising=False)
        return main([*words])


def settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "xqdbg").mkdir()
    (tmp_path / "xqdbg" / "config.toml").write_text(text, encoding="utf-8")


def test_by_default_there_are_mouse_and_colour(opened: list[dict[str, Any]]) -> None:
    assert start("example:factorial") == 0
    assert opened == [{"mouse": True, "theme": "dusk", "no_color": False, "NO_COLOR": None}]


def test_options_and_settings_reach_the_app(
    opened: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(tmp_path, 'theme = "paper"\ncolor = false\n')
    assert start("example:factorial", "--no-mouse") == 0
    assert opened == [{"mouse": False, "theme": "paper", "no_color": True, "NO_COLOR": "1"}]
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("XQDBG_COLOR", "true")
    assert start("example:factorial", "--theme", "slate") == 0
    assert opened[1] == {"mouse": True, "theme": "slate", "no_color": False, "NO_COLOR": None}


def test_no_color_turns_colours_off(opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert start("example:factorial") == 0
    assert opened[0]["no_color"] is True


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_draw_is_sent_to_the_dialogue(
    term: str, opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    assert start("example:factorial") == 2
    told = "xqdbg: the debugger cannot draw on this terminal (`xqdbg repl` needs no more than lines)\n"
    assert capsys.readouterr().err == told and opened == []


def test_a_theme_or_layout_that_is_not_there_is_an_error_where_it_was_just_asked_for(
    opened: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start("example:factorial", "--theme", "dsuk") == 2
    assert "did you mean dusk?" in capsys.readouterr().err
    assert start("example:factorial", "--layout", "nosuch") == 2
    assert "there is no layout 'nosuch'" in capsys.readouterr().err
    settings(tmp_path, 'theme = "dsuk"\nlayout = "nosuch"\n')
    assert start("example:factorial") == 0
    assert opened[0]["theme"] == "dusk"
