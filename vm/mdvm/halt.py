"""How a program ends of its own accord."""

from __future__ import annotations


class Halt(Exception):
    """A halt, or a return without an open call; caught by the run loop."""
