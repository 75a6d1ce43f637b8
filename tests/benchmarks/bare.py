"""What the debugger's start is compared with: an app that says hello, `python -m tests.benchmarks.bare`."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("Hello")


if __name__ == "__main__":
    Bare().run()
