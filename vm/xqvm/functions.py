"""What a debugger can compute from values of an XQVM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from vm.contract import PlaceError, Value
from vm.faults import Fault
from vm.xqvm.model import Model, Sample
from vm.xqvm.views import text

FUNCTIONS: Mapping[str, str] = MappingProxyType({"energy": "energy(model, sample)"})
"""Usage by name."""


def call(function: str, arguments: Sequence[Value]) -> Value:
    """Compute a function; PlaceError that says what is wrong with the arguments."""
    if function not in FUNCTIONS:
        raise PlaceError(f"there is no function {function[:40]!r}; there is {', '.join(FUNCTIONS)}")
    if len(arguments) != 2:
        raise PlaceError(f"{FUNCTIONS[function]} takes 2 arguments, not {len(arguments)}")
    return _energy(*arguments)


def _energy(model: Value, sample: Value) -> int:
    if not isinstance(model, Model):
        raise PlaceError(f"{FUNCTIONS['energy']}: the first is no model but {text(model)}")
    if not isinstance(sample, Sample):
        raise PlaceError(f"{FUNCTIONS['energy']}: the second is no sample but {text(sample)}")
    if model.size != sample.size:
        raise PlaceError(f"energy: the model has {model.size} variables, the sample {sample.size}")
    try:
        return model.energy(sample)
    except Fault:
        raise PlaceError("energy: a sum or product does not fit in a signed 64-bit integer") from None
