"""Options that overrule the file of settings for one start. None of them has a default: the file is asked then."""

from __future__ import annotations

import argparse

from xqdbg.settings import KEYMAP_NAMES


def add_face_options(parser: argparse.ArgumentParser) -> None:
    """The options of the debugger on a whole screen."""
    face = parser.add_argument_group("debugger", "`xqdbg config` tells of settings that stay")
    face.add_argument("--theme", metavar="NAME", help="colours; ctrl+p in the debugger lists the themes")
    face.add_argument("--keymap", choices=KEYMAP_NAMES, help="keys; gdb unless the settings say otherwise")
    face.add_argument("--layout", metavar="NAME", help="arrangement of the panes at the start")
    face.add_argument("--no-mouse", dest="mouse", action="store_const", const=False, help="leave the mouse alone")


def add_line_options(parser: argparse.ArgumentParser) -> None:
    """The options of the dialogue in lines."""
    lines = parser.add_argument_group("dialogue", "`xqdbg config` tells of settings that stay")
    lines.add_argument(
        "--plain", action="store_const", const=True, help="no line editor: nothing but words, line after line"
    )
    keys = lines.add_mutually_exclusive_group()
    keys.add_argument("--vi", dest="editing", action="store_const", const="vi", help="edit lines with the keys of vi")
    keys.add_argument("--emacs", dest="editing", action="store_const", const="emacs", help="with those of emacs")


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """The options of the debugger in a browser."""
    add_face_options(parser)
    where = parser.add_argument_group("where it is served")
    where.add_argument("--host", default="127.0.0.1", metavar="NAME", help="whom to listen to; default: this machine")
    where.add_argument("--port", type=_port, default=8000, metavar="N", help="default: 8000; 0 takes any that is free")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no port: there are 0 to 65535")
    return int(text)
