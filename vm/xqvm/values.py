"""Host values and their JSON form (XQVM reference, section 14; the shape of the published vectors)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vm.diagnostics import InputError
from vm.xqvm.model import BINARY, INT_MAX, INT_MIN, SIZE_MAX, SPIN, Domain, Model, Sample, Slot, Vec, VecX


def slot_of(value: object, where: str) -> Slot:
    """What a calldata slot holds for a host value; InputError naming `where` for anything else."""
    if value is None:
        return None
    if isinstance(value, int):
        return _integer(value, where)
    if isinstance(value, Model):
        return _checked_model(value, where)
    if isinstance(value, Sample):
        return _checked_sample(value, where)
    if isinstance(value, Vec):
        return Vec([_integer(item, f"{where}[{n}]") for n, item in enumerate(value.items)])
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | VecX):
        return Vec([_integer(item, f"{where}[{n}]") for n, item in enumerate(value)])
    raise InputError(
        f"{where}: a {type(value).__name__} cannot be calldata; "
        "give an integer, a list of integers, a model, a sample or null"
    )


def _checked_model(model: Model, where: str) -> Model:
    """A copy of a host's model, which may have been built against the rules of section 14.3."""
    _check_domain(model.domain, where)
    size = _count(model.size, f"{where}.size")
    _check_grid(_plain(model.rows, f"{where}.rows"), _plain(model.cols, f"{where}.cols"), size, where)
    for i, value in model.lines():
        _check_coefficient((i,), value, size, f"{where}.linear")
    for i, j, value in model.quadratic():
        _check_coefficient((i, j), value, size, f"{where}.quadratic")
    return model.clone(None)


def _check_coefficient(indices: tuple[int, ...], value: object, size: int, where: str) -> None:
    name = f"{where}[{','.join(map(str, indices))}]"
    for index in indices:
        if not 0 <= index < size:
            raise InputError(f"{name}: index {index} is out of range for {size} variables")
    _plain(value, name)


def _checked_sample(sample: Sample, where: str) -> Sample:
    """A copy of a host's sample, which may have been built against the rules of section 14.3."""
    _check_domain(sample.domain, where)
    _check_members(sample.values, sample.domain, where)
    rows, cols = _plain(sample.rows, f"{where}.rows"), _plain(sample.cols, f"{where}.cols")
    _check_grid(rows, cols, len(sample.values), where)
    return sample.clone(None)


def _check_members(values: Sequence[object], domain: Domain, where: str) -> None:
    for i, value in enumerate(values):
        if _plain(value, f"{where}.values[{i}]") not in domain:
            raise InputError(f"{where}.values[{i}]: {value} is not in the domain {domain}")


def _check_domain(domain: Domain, where: str) -> None:
    if domain.name in ("binary", "spin"):
        if domain.k is not None:
            raise InputError(f"{where}.k: only the integer domain takes a k")
    elif domain.name != "integer":
        raise InputError(f'{where}.domain: unknown domain {domain.name[:40]!r}; use "binary", "spin" or "integer"')
    elif domain.k is None:
        raise InputError(f"{where}.k: the integer domain needs k, the number of values")
    elif _plain(domain.k, f"{where}.k") < 2:
        raise InputError(f"{where}.k: the integer domain needs a k of at least 2, not {domain.k}")


def _check_grid(rows: int, cols: int, size: int, where: str) -> None:
    if rows < 0 or cols < 0 or (rows == 0) != (cols == 0) or rows * cols > size:
        raise InputError(f"{where}: a grid of {rows} x {cols} does not fit {size} variables")


def value_of(slot: Slot) -> object:
    """The host value of a slot: an int, a list, a model or sample of its own, or None."""
    if isinstance(slot, Vec):
        return list(slot.items)
    if isinstance(slot, VecX):
        return []
    if isinstance(slot, Model | Sample):
        return slot.clone(None)
    return slot


def to_json(slot: Slot) -> Any:
    """The JSON form of a slot."""
    if isinstance(slot, Model):
        return {
            **_shape("model", slot),
            "linear": {str(i): value for i, value in slot.lines()},
            "quadratic": {f"{i},{j}": value for i, j, value in slot.quadratic()},
        }
    if isinstance(slot, Sample):
        shape = _shape("sample", slot)
        del shape["size"]
        return {**shape, "values": list(slot.values)}
    return value_of(slot)


def _shape(kind: str, value: Model | Sample) -> dict[str, Any]:
    return {
        "type": kind,
        "domain": value.domain.name,
        "k": value.domain.k,
        "size": value.size,
        "rows": value.rows or None,
        "cols": value.cols or None,
    }


def from_json(data: object, where: str) -> Slot:
    """The slot a JSON value stands for; InputError naming the element at fault."""
    if isinstance(data, Mapping):
        return _xqmx(data, where)
    if isinstance(data, bool):
        raise InputError(f"{where}: true and false are not values of the machine; write 1 or 0")
    if isinstance(data, float):
        raise InputError(f"{where}: {data!r} is not an integer")
    if isinstance(data, list):
        for n, item in enumerate(data):
            if not isinstance(item, int) or isinstance(item, bool):
                raise InputError(f"{where}[{n}]: a vector holds integers only")
    return slot_of(data, where)


def _integer(value: object, where: str) -> int:
    if not isinstance(value, int):
        raise InputError(f"{where}: a vector holds integers only, not a {type(value).__name__}")
    if not INT_MIN <= value <= INT_MAX:
        raise InputError(f"{where}: the number does not fit in a signed 64-bit integer")
    return int(value)


_MODEL_KEYS = {"type", "domain", "k", "size", "rows", "cols", "linear", "quadratic"}
_SAMPLE_KEYS = {"type", "domain", "k", "rows", "cols", "values"}


def _xqmx(data: Mapping[Any, Any], where: str) -> Model | Sample:
    kind = data.get("type")
    if kind not in ("model", "sample"):
        raise InputError(f'{where}: an object needs "type": "model" or "type": "sample"')
    if unknown := sorted(set(map(str, data)) - (_MODEL_KEYS if kind == "model" else _SAMPLE_KEYS)):
        raise InputError(f"{where}: a {kind} has no {unknown[0][:40]!r}")
    domain = _domain(data, where)
    return _model(data, domain, where) if kind == "model" else _sample(data, domain, where)


def _domain(data: Mapping[Any, Any], where: str) -> Domain:
    name, k = data.get("domain"), data.get("k")
    domain = Domain(str(name), k)
    _check_domain(domain, where)
    return {"binary": BINARY, "spin": SPIN}.get(domain.name, domain)


def _grid(data: Mapping[Any, Any], size: int, where: str) -> tuple[int, int]:
    given = (data.get("rows"), data.get("cols"))
    rows, cols = (
        0 if n is None else _count(n, f"{where}.{key}") for n, key in zip(given, ("rows", "cols"), strict=True)
    )
    _check_grid(rows, cols, size, where)
    return rows, cols


def _count(value: object, where: str) -> int:
    number = _plain(value, where)
    if not 0 <= number <= SIZE_MAX:
        raise InputError(f"{where}: must be 0 to 4,294,967,295, not {number}")
    return number


def _plain(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{where}: must be an integer")
    return _integer(value, where)


def _sample(data: Mapping[Any, Any], domain: Domain, where: str) -> Sample:
    values = data.get("values")
    if not isinstance(values, list):
        raise InputError(f"{where}.values: a sample needs a list of integers")
    _check_members(values, domain, where)
    rows, cols = _grid(data, len(values), where)
    return Sample(domain, list(values), rows, cols)


def _model(data: Mapping[Any, Any], domain: Domain, where: str) -> Model:
    if "size" not in data:
        raise InputError(f"{where}.size: a model needs its number of variables")
    size = _count(data["size"], f"{where}.size")
    model = Model(domain, size, *_grid(data, size, where))
    for key, value in _entries(data, "linear", where):
        (i,) = _indices(key, 1, size, f"{where}.linear")
        if i in model.linear:
            raise InputError(f"{where}.linear[{i}]: given twice")
        model.put_line(i, _plain(value, f"{where}.linear[{i}]"))
    for key, value in _entries(data, "quadratic", where):
        i, j = _indices(key, 2, size, f"{where}.quadratic")
        if model.pair(i, j):
            raise InputError(f"{where}.quadratic[{i},{j}]: given twice, perhaps as {j},{i} too")
        model.put_pair(i, j, _plain(value, f"{where}.quadratic[{i},{j}]"))
    return model


def _entries(data: Mapping[Any, Any], name: str, where: str) -> list[tuple[str, object]]:
    entries = data.get(name, {})
    if not isinstance(entries, Mapping):
        raise InputError(f"{where}.{name}: must be an object with indices as keys")
    return [(str(key), value) for key, value in entries.items()]


def _indices(key: str, count: int, size: int, where: str) -> list[int]:
    parts = key.split(",")
    if len(parts) != count or not all(p.strip().isascii() and p.strip().isdigit() and len(p) <= 12 for p in parts):
        raise InputError(f"{where}: {key[:40]!r} is no key; write {'i' if count == 1 else 'i,j'} as digits")
    indices = [int(part) for part in parts]
    for index in indices:
        if index >= size:
            raise InputError(f"{where}[{key[:40]}]: index {index} is out of range for {size} variables")
    return indices
