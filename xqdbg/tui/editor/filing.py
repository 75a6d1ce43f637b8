"""The part of the editor that is about files: saving, what others do to the file, and copies of what is not saved."""

from __future__ import annotations

from collections.abc import Callable

from xqdbg.editing.document import DiskState
from xqdbg.editing.recovery import Recovery
from xqdbg.errors import XqdbgError
from xqdbg.tui.editor import messages as say
from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.sheet import Sheet
from xqdbg.tui.panes.titled import Titled


class FilingPane(Titled):
    """A field with a text, and the file the text belongs to."""

    def __init__(self, *, recovery: Recovery | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.area = Area()
        """The field the text is in."""
        self.sheet = Sheet(Recovery() if recovery is None else recovery)
        """The text, as far as files go."""

    def _retitle(self) -> None:
        """Say in the rule what the text is now."""
        raise NotImplementedError

    def _have_kept(self, keep: Callable[[], object]) -> None:
        """Have a copy kept on another thread."""
        raise NotImplementedError

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost without the text."""
        self.sheet.document.text = self.area.text  # news of the last key may still be on its way
        return self.sheet.is_unsaved

    def _tell(self, text: str) -> None:
        self.post_message(say.Told(text))

    def save(self, path: str = "", *, force: bool = False) -> bool:
        """Save the text in its file, or in one that is named. Whether that was done; else a message tells why."""
        document = self.sheet.document
        document.text = self.area.text
        if not path and not document.path:
            self.post_message(say.SaveAsWanted())
            return False
        if not path and not force and document.state() is DiskState.CHANGED:
            self.sheet.is_clash_told = True
            self.post_message(say.Clashed(saving=True))
            return False
        try:
            self.sheet.save(path, force=force)
        except XqdbgError as error:
            self.post_message(say.Refused(error))
            return False
        self._retitle()
        self.post_message(say.Saved(document.path))
        return True

    def look_outside(self) -> None:
        """Notice what somebody else did to the file: taken over if nothing is lost by that, else told once."""
        is_unsaved, state = self.is_unsaved, self.sheet.outside()
        if state is DiskState.VANISHED:
            self._tell(f"{self.sheet.document.name} is no longer there; saving makes it again")
        elif state is DiskState.CHANGED and is_unsaved:
            self.post_message(say.Clashed(saving=False))
        elif state is DiskState.CHANGED:
            self.reload()

    def reload(self) -> None:
        """Have the text of the file instead; that can be undone."""
        try:
            self.sheet.reload()
        except XqdbgError as error:
            self.post_message(say.Refused(error))
            return
        self.area.take_over(self.sheet.document.text)
        self._retitle()
        self._tell(f"{self.sheet.document.name} was changed by somebody else and is read again; ctrl+z takes it back")

    def _keep(self) -> None:
        """Keep a copy of text that is not saved, every now and then."""
        if self.is_unsaved and (keep := self.sheet.keeper()) is not None:
            self._have_kept(keep)

    def keep(self) -> None:
        """Keep a copy of text that is not saved, at once: all is about to end."""
        if self.is_unsaved and (keep := self.sheet.keeper()) is not None:
            try:
                keep()
            except XqdbgError as error:
                self.post_message(say.Refused(error))
