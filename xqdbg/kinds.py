"""Kinds of values by what machines call them, as far as something depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NOTHING = frozenset({"unset", "empty"})
"""What there is where no value is."""
LISTS = frozenset({"vec", "array"})
"""Kinds whose text has its elements in brackets."""
ALIKE: Mapping[str, str] = MappingProxyType({"array": "vec", "dict": "model", "empty": "unset"})
"""Kinds that look like another one."""
