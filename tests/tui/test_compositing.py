"""A frame is what Textual's own compositor would have sent to the terminal, made of fewer widgets."""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.pilot import Pilot

from tests.support.examples import example_session
from tests.support.screens import debug_screen, debugger, explored, press, run_app, type_line
from xqdbg.tui.compositing import SparingCompositor

PANES = "(code:4 / watches):5 | (stack:3 / loops=5 / costs):3 | (registers:2 / matrix:3):6 | explain:3"
KEYS = ("s", "s", "S", "n", "down", "tab", "tab", "j", "7", "tab", "right", "z", "z", "K", "escape", "s", "i", "S")


@pytest.mark.parametrize("size", ((80, 24), (200, 60)), ids=str)
def test_what_is_sent_is_what_all_widgets_would_have_sent(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames: list[tuple[ChopsUpdate, ChopsUpdate]] = []
    asked: list[tuple[int, int]] = []
    own = SparingCompositor.render_partial_update

    def both(self: SparingCompositor) -> ChopsUpdate | None:
        changed = self._dirty_regions.copy()
        ours, count = own(self), len(self.visible_widgets)
        self._dirty_regions = set(changed)
        theirs = Compositor.render_partial_update(self)
        if ours is not None and theirs is not None:
            frames.append((ours, theirs))
            self._changing = tuple(changed)
            asked.append((len(list(self._get_renders())), count))
            self._changing = ()
        assert (ours is None) == (theirs is None)
        return ours

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 200")
        if size[0] > 100:
            await type_line(pilot, f"layout set {PANES}")
        with monkeypatch.context() as patch:
            patch.setattr(SparingCompositor, "render_partial_update", both)
            for key in KEYS:
                await press(pilot, key)
        console = pilot.app.console
        assert len(frames) > len(KEYS) // 2
        for ours, theirs in frames:
            assert ours.render_segments(console) == theirs.render_segments(console)
        assert sum(count for count, _ in asked) < 0.8 * sum(count for _, count in asked)
        assert debug_screen(pilot).moment is not None

    run_app(debugger(example_session("tsp5/encoder")), script, size)
