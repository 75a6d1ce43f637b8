"""Damaged programs of the PVM: every one is refused or comes to a result; none ends in a traceback."""

from __future__ import annotations

from tests.support.pvm_damage import ends


def test_damaged_programs_come_to_a_result() -> None:
    """`python -m tests.support.pvm_damage` uses 20,000."""
    found = ends(1_500, 7)
    assert sum(found.values()) == 1_500
    assert {"octets: refused", "code: panic", "code: page-fault", "code: out-of-gas", "text: refused"} <= found.keys()
