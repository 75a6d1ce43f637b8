"""What panes say they need with the coming moments. By itself, so that hearing it does not import the panes."""

from __future__ import annotations

from collections.abc import Mapping

from textual.message import Message

from xqdbg.glance import Glance


class WindowWanted(Message, namespace="matrix_pane"):
    """Part of a region came into view and should come with the next moments."""

    def __init__(self, region: str, glances: Mapping[str, Glance]) -> None:
        super().__init__()
        self.region = region
        self.glances = glances
        """All that is looked at, by the names it is wanted under."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WindowWanted)


class PartsWanted(Message, namespace="memory_pane"):
    """Parts of regions came into view and should come with the next moments."""

    def __init__(self, parts: Mapping[str, Glance]) -> None:
        super().__init__()
        self.parts = parts
        """One of each region, by its name."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, PartsWanted)


class CostsWanted(Message):
    """Costs should come with the coming moments, or need no longer."""

    def __init__(self, wanted: bool) -> None:
        super().__init__()
        self.wanted = wanted
