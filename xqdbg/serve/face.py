"""`xqdbg serve`: listen, say where, and serve until Ctrl+C."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Sequence

from vm.diagnostics import printable
from xqdbg.errors import XqdbgError
from xqdbg.serve.words import shell_line

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def main(words: Sequence[str], title: str, host: str, port: int) -> int:
    """Serve the debugger that the words start. Raises XqdbgError where it cannot be."""
    try:
        from xqdbg.serve.site import Site
    except ImportError as error:
        missing = error.name or "textual_serve"
        hint = "install it with: pip install 'xqdbg[serve]'"
        raise XqdbgError(f"`xqdbg serve` needs textual-serve ({missing} is not installed)", hint) from None
    with _listener(host, port) as listener:
        alone = _is_loopback(listener)
        names = LOOPBACK_NAMES | {host.lower()} if alone else frozenset[str]()
        _say(f"xqdbg: {printable(title)} at {_address(listener, host)}   Ctrl+C ends it")
        if not alone:
            _say("xqdbg: warning: whoever reaches this address can use the debugger, which reads and writes your files")
        Site(shell_line(words), printable(title), names).serve_on(listener)
    return 0


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens; XqdbgError if there can be none."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), int(address[1])), family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "another --port may be free; --port 0 takes any" if isinstance(error, OSError) else ""
        raise XqdbgError(f"cannot listen on {host[:80]} port {port}: {reason.lower()}", hint) from None


def _is_loopback(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def _address(listener: socket.socket, host: str) -> str:
    """Where to go with a browser."""
    port = listener.getsockname()[1]
    unspecified = ipaddress.ip_address(listener.getsockname()[0]).is_unspecified
    name = socket.gethostname() if unspecified else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def _say(line: str) -> None:
    """A line on standard error, at once."""
    print(line, file=sys.stderr, flush=True)
