"""How a program ends of its own accord."""

from __future__ import annotations


class Halt(Exception):
    """A dynamic jump to the halt address; caught by the run loop."""
