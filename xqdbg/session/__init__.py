"""One debugging session without a face: position in time, breakpoints, branches, questions, what is looked at."""

from xqdbg.session.core import Opened
from xqdbg.session.rebuilding import Unassembled
from xqdbg.session.whole import Session

__all__ = ["Opened", "Session", "Unassembled"]
