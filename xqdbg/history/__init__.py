"""What happens in the whole run of a branch: who executed what when, who wrote what, what was true."""

from xqdbg.history.core import History, Limits
from xqdbg.history.extent import Hit, touches
from xqdbg.history.visits import Ticks, VisitIndex

__all__ = ["History", "Hit", "Limits", "Ticks", "VisitIndex", "touches"]
