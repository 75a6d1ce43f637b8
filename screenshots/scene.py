"""A scene: a moment worth a picture, and how to get there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.screens import debugger
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
"""Columns and lines of the terminals that everything has to look well in."""
LINE, TEXT = ":", '"'
"""What a line for the command line begins with, and a text that is typed letter by letter."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of the real app, driven by keys over a program that ships."""

    name: str
    """Name of the picture."""
    title: str
    """What it shows, above the picture."""
    size: tuple[int, int]
    """Columns and lines of the terminal."""
    theme: str
    program: str
    """As on the command line."""
    keys: tuple[str, ...]
    """Keys; lines for the command line, which begin with a colon; texts, which begin with a quotation mark."""
    words: tuple[str, ...] = ()
    """What a reader of the picture must find in it."""
    inputs: Mapping[str, object] | None = None
    """As in a file of inputs; None for those the program ships with."""

    def app(self) -> XqdbgApp:
        """The app at the start of the program."""
        target = open_target(self.program)
        inputs = self.inputs
        if inputs is None:
            inputs = {} if target.inputs is None else read_object(target.inputs)
        machine = target.tools.machine(target.program, inputs)
        opened = Opened(target.tools, target.program)
        return debugger(Session(machine, target.name, opened=opened), theme=self.theme)
