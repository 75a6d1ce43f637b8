"""Where values come from: the chain of instructions behind one, all that matters to it, and why a line never ran."""

from xqdbg.origins.slices import Slice, slice_of
from xqdbg.origins.why import FAULT, why
from xqdbg.origins.whynot import whynot

__all__ = ["FAULT", "Slice", "slice_of", "why", "whynot"]
