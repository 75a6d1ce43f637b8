"""How the program is laid out in the code pane: which rows, and what stands in the gutter, for the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from vm.contract import Line
from vm.values import dataclass
from xqdbg.addresses import address_columns, in_margin
from xqdbg.tui.listing import (
    LEAST_LEFT,
    Listing,
    Shows,
    code_listing,
    folded,
    paired_listing,
    room_for_both,
    room_for_code,
    source_listing,
)

MARK_COLUMNS = 3
"""Width of the margin in which a click toggles a breakpoint."""
COUNT_COLUMNS = 4
"""Width of the column that tells how often a line is executed."""
ROOMY = 46
"""Columns from which on a line of source has room for its address too."""
MOST_LEFT = 60
"""Columns the source takes from the bytes of instructions beside it, at most."""
NOTE_COLUMNS = 24
"""Columns that notes take from them."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows, and the columns before their text."""

    listing: Listing
    number_digits: int
    """Digits of line numbers; 0 where there are none."""
    address_digits: int
    """Columns of addresses; 0 where there is no room, or they stand elsewhere."""
    missing: int = 0
    """Columns that are too few for what was asked for."""
    code: Sequence[Line] = ()
    """The instructions they are addresses of."""

    @property
    def gutter(self) -> int:
        """Columns before the text."""
        numbers = self.number_digits + 2 if self.number_digits else 0
        addresses = self.address_digits + 1 if self.address_digits else 0
        return MARK_COLUMNS + numbers + addresses + COUNT_COLUMNS + 2

    def number(self, row: int) -> str:
        """The line number of a row, as the gutter has it."""
        if not self.number_digits:
            return ""
        number = None if row in self.listing.folded else self.listing.numbers[row]
        return f"{'' if number is None else number:>{self.number_digits}}  "

    def address(self, row: int) -> str:
        """The address of a row, as the gutter has it."""
        if not self.address_digits:
            return ""
        pc = self.listing.first[row]
        return " " * (self.address_digits + 1) if pc is None else f"{in_margin(pc, self.code, self.address_digits)} "


class Typesetter:
    """Makes layouts, and makes none twice in a row."""

    def __init__(self, code: Sequence[Line], source: Sequence[str]) -> None:
        self._code, self._source = code, source
        self._digits = address_columns(code)
        self._number_digits = len(str(len(source)))
        self._bare, self._encoded = (room_for_code(code, encodings=encodings) for encodings in (False, True))
        self._widest = max((len(row) + 3 * row.count("\t") for row in source), default=0)
        self._made: tuple[tuple[object, ...], AbstractSet[int] | None, Layout] | None = None

    @property
    def has_source(self) -> bool:
        """Whether there is source to show."""
        return bool(self._source)

    def layout(self, shows: Shows, width: int, wanted: AbstractSet[int] | None = None) -> Layout:
        """What fits into a width; of it only the rows with wanted instructions, unless that is None."""
        how = self._how(shows, width)
        if self._made is None or self._made[0] != how or self._made[1] is not wanted:
            self._made = how, wanted, self._make(*how, wanted)
        return self._made[2]

    def _how(self, shows: Shows, width: int) -> tuple[Shows, int, bool, int]:
        """What to show, columns or digits of it, whether with bytes, and columns missing for what was asked for."""
        plain = MARK_COLUMNS + COUNT_COLUMNS + 2
        if shows is Shows.CODE:
            return shows, self._digits, width - plain - self._digits - 1 >= self._encoded, 0
        addresses = self._digits if width >= ROOMY else 0
        if shows is Shows.SOURCE:
            return shows, addresses, False, 0
        room = width - plain - self._number_digits - 2
        bytes_too = min(self._widest, MOST_LEFT) + NOTE_COLUMNS
        for encodings, least in ((True, bytes_too), (False, min(self._widest, LEAST_LEFT))):
            left = room - room_for_both(self._code, encodings=encodings)
            if left >= least:
                return shows, max(1, min(left, self._widest)), encodings, 0
        return Shows.SOURCE, addresses, False, least - left

    def _make(
        self, shows: Shows, columns: int, encodings: bool, missing: int, wanted: AbstractSet[int] | None
    ) -> Layout:
        digits, numbers = columns, self._number_digits
        if shows is Shows.SOURCE:
            listing = source_listing(self._code, self._source)
        elif shows is Shows.CODE:
            listing, numbers = code_listing(self._code, encodings=encodings), 0
        else:
            listing, digits = paired_listing(self._code, self._source, columns, encodings=encodings), 0
        return Layout(listing if wanted is None else folded(listing, wanted), numbers, digits, missing, self._code)
