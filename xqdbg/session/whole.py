"""The session, of its parts."""

from __future__ import annotations

from xqdbg.session.rebuilding import Rebuilding


class Session(Rebuilding):
    """The debugger without a face. Synchronous, and used by one thread at a time.

    Its verbs return the new Moment, which is also in `moment`. What cannot be asked for at all is
    an XqdbgError and changes nothing; reaching an end, a fault or a breakpoint is a message.
    Verbs that may take long ask their patience between slices of work.
    `isa` and `views` never change: any thread may read them. `name`, `code` and `source` change when the
    program is rebuilt; what another thread sees of them is the `program` of a moment.
    """
