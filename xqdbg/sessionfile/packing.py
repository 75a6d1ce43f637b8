"""Long JSON packed into a text: models say much the same again and again."""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping

from xqdbg.sessionfile.fields import FieldError
from xqdbg.sessionfile.form import FILE_LIMIT

try:
    import lzma
except ImportError:  # Python can be built without; files are then a little longer
    lzma = None  # type: ignore[assignment]

_ZLIB = "zlib:"
_LZMA = "lzma:"


def pack(content: bytes) -> str:
    """Content in as few characters as can be, none of which JSON has to escape."""
    packed = [_ZLIB + b85encode(zlib.compress(content, 9)).decode("ascii")]
    if lzma is not None:
        squeezed = lzma.compress(content, lzma.FORMAT_RAW, filters=[_filter()])
        packed.append(_LZMA + b85encode(squeezed).decode("ascii"))
    return min(packed, key=len)


def unpack(text: str, where: str) -> bytes:
    """The content again, if it is no larger than a session file may be."""
    if text.startswith(_LZMA) and lzma is None:
        raise FieldError(where, "it is packed by lzma, which this Python was built without")
    packing = text[: len(_ZLIB)]
    if packing not in (_ZLIB, _LZMA):
        raise FieldError(where, "it does not say how it is packed")
    try:
        data = b85decode(text[len(packing) :])
    except ValueError:
        raise FieldError(where, "not valid base85") from None
    return _inflated(data, where) if packing == _ZLIB else _expanded(data, where)


def _inflated(data: bytes, where: str) -> bytes:
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(data, FILE_LIMIT)
    except zlib.error:
        raise FieldError(where, "it cannot be unpacked") from None
    return _whole(content, where, inflating.eof, inflating.unused_data, bool(inflating.unconsumed_tail))


def _expanded(data: bytes, where: str) -> bytes:
    expanding = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter()])
    try:
        content = expanding.decompress(data, FILE_LIMIT)
    except lzma.LZMAError:
        raise FieldError(where, "it cannot be unpacked") from None
    return _whole(content, where, expanding.eof, expanding.unused_data, not expanding.needs_input)


def _whole(content: bytes, where: str, ended: bool, behind: bytes, more: bool) -> bytes:
    if not ended and more and len(content) >= FILE_LIMIT:
        raise FieldError(where, f"unpacked it is larger than {FILE_LIMIT >> 20} MiB")
    if not ended or behind:
        raise FieldError(where, "it is packed JSON cut off, or with something behind it")
    return content


def _filter() -> Mapping[str, int]:
    """Its window is our choice and not the file's, which might ask for gigabytes."""
    return {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20, "pb": 0}
