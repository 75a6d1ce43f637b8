"""Object code on disk, for the next time the same text is compiled on the same machine.

It is code that will be executed, so it is taken only from a folder that nobody else can write, from files that are
plain and the user's own, and only if a keyed digest over name and contents fits; the key lies in the same folder and is
the user's alone. A file is named by a digest of what was compiled, never by anything a program says. Whatever is
not as it should be is not used, and made anew.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SWITCH = "XQDBG_NATIVE_CACHE"
"""Environment variable: `0` turns the cache off, an absolute path is the folder to use."""
LARGEST = 4 << 20
"""Octets of a file; what is larger is not kept."""
MOST_BYTES = 64 << 20
"""Octets of all files; the ones used longest ago go first."""
MOST_FILES = 1024

_KEY_NAME = "key"
_KEY_SIZE = 32
_DIGEST_SIZE = 32
_SUFFIX = ".o"


def folder() -> str:
    """Where the files are; empty if there is to be no cache."""
    chosen = os.environ.get(SWITCH, "")
    if chosen == "0" or not hasattr(os, "geteuid"):
        return ""
    if os.path.isabs(chosen):
        return chosen
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = os.path.expanduser("~")
        if not os.path.isabs(home):
            return ""
        base = os.path.join(home, *(("Library", "Caches") if sys.platform == "darwin" else (".cache",)))
    return os.path.join(base, "xqdbg", "native")


def opened() -> Cache | None:
    """The cache, if there is one that can be trusted."""
    path = folder()
    if not path:
        return None
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        cache = Cache(path)
        return cache if cache.trusted() else None
    except OSError:
        return None


class Cache:
    """A folder of object code. Nothing here raises for what is wrong with the folder; it is not used then."""

    def __init__(self, path: str) -> None:
        self._path = path

    @staticmethod
    def key(text: str, described: str) -> str:
        """The name of what comes of compiling a text where things are as described."""
        found = hashlib.sha256(described.encode())
        found.update(b"\0")
        found.update(text.encode())
        return found.hexdigest()

    def trusted(self) -> bool:
        """Whether the folder is the user's own and nobody else can look into it or change it, nor what leads to it."""
        with self._folder() as descriptor:
            if descriptor is None:
                return False
            found = os.fstat(descriptor)
        return found.st_uid == os.geteuid() and not found.st_mode & 0o077 and _safe_above(self._path)

    def read(self, key: str) -> bytes | None:
        """Object code that was kept; None if there is none that can be trusted. What is broken goes."""
        with self._folder() as at:
            if at is None:
                return None
            contents, secret = _read(at, key + _SUFFIX, LARGEST + _DIGEST_SIZE), _read(at, _KEY_NAME, _KEY_SIZE)
            if contents is None:
                return None
            digest, code = contents[:_DIGEST_SIZE], contents[_DIGEST_SIZE:]
            if secret is None or not hmac.compare_digest(digest, _digest(secret, key, code)):
                with suppress(OSError):
                    os.unlink(key + _SUFFIX, dir_fd=at)
                return None
            with suppress(OSError):
                os.utime(key + _SUFFIX, dir_fd=at, follow_symlinks=False)
            return code

    def write(self, key: str, code: bytes) -> None:
        """Keep object code, as far as that can be done."""
        if len(code) > LARGEST:
            return
        with self._folder() as at, suppress(OSError):
            if at is None:
                return
            secret = _read(at, _KEY_NAME, _KEY_SIZE)
            if secret is None or len(secret) != _KEY_SIZE:
                secret = _new_key(at)
            _put(at, key + _SUFFIX, _digest(secret, key, code) + code)
            _prune(at)

    @contextmanager
    def _folder(self) -> Iterator[int | None]:
        """The folder, opened so that no other one can take its place; None if it cannot be."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            yield None
            return
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _safe_above(path: str) -> bool:
    """Whether nobody but the user and the system can put another folder in the place of this one."""
    path = os.path.dirname(os.path.realpath(path))
    while True:
        found = os.stat(path)
        if found.st_uid not in (0, os.geteuid()):
            return False
        if found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX:
            return False
        if path == os.path.dirname(path):
            return True
        path = os.path.dirname(path)


def _digest(secret: bytes, key: str, code: bytes) -> bytes:
    found = hashlib.blake2b(key=secret, digest_size=_DIGEST_SIZE)
    found.update(key.encode())
    found.update(code)
    return found.digest()


def _read(at: int, name: str, most: int) -> bytes | None:
    """The contents of a plain file of the user's own that nobody else can write; None if there is none."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        own = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink == 1
        if not own or found.st_mode & 0o077 or found.st_size > most:
            return None
        with suppress(OSError):
            return file.read(most)
    return None


def _put(at: int, name: str, contents: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    new = f"{os.urandom(16).hex()}.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=at)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
        os.rename(new, name, src_dir_fd=at, dst_dir_fd=at)
    except OSError:
        with suppress(OSError):
            os.unlink(new, dir_fd=at)
        raise


def _new_key(at: int) -> bytes:
    secret = os.urandom(_KEY_SIZE)
    _put(at, _KEY_NAME, secret)
    return secret


def _prune(at: int) -> None:
    """Remove what was used longest ago until the rest is not too much, and what was left half-written."""
    files = []
    for name in os.listdir(at):
        if name.endswith((_SUFFIX, ".new")):
            with suppress(OSError):
                found = os.stat(name, dir_fd=at, follow_symlinks=False)
                files.append((found.st_mtime, found.st_size, name))
    files.sort(reverse=True)
    kept = 0
    for number, (_, size, name) in enumerate(files):
        kept += size
        if kept > MOST_BYTES or number >= MOST_FILES:
            with suppress(OSError):
                os.unlink(name, dir_fd=at)
