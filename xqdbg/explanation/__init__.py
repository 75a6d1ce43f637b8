"""Instructions in words: what one does, with the numbers of a moment, and its page of the reference."""

from xqdbg.explanation.explaining import Explanation, State, explain
from xqdbg.explanation.reference import reference
from xqdbg.explanation.telling import Entry, Section, as_json, lines, sections

__all__ = ["Entry", "Explanation", "Section", "State", "as_json", "explain", "lines", "reference", "sections"]
