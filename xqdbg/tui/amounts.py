"""Amounts in few characters."""

from __future__ import annotations


def short(number: int) -> str:
    """A limit in few characters where that loses nothing: `10M`, `64Ki`, else in full."""
    for power, suffix in ((30, "Gi"), (20, "Mi"), (10, "Ki")):
        if number and number % (1 << power) == 0:
            return f"{number >> power:,}{suffix}"
    for power, suffix in ((9, "G"), (6, "M"), (3, "k")):
        if number and number % 10**power == 0:
            return f"{number // 10**power:,}{suffix}"
    return f"{number:,}"
