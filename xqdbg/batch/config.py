"""`xqdbg config`: which settings hold, where each comes from, and what it means."""

from __future__ import annotations

import argparse
from textwrap import wrap

from vm.diagnostics import printable
from xqdbg.batch.output import complain, remark, say
from xqdbg.batch.wishes import add_face_options, add_line_options
from xqdbg.config import FILE, Config, literal, load_config, write_template
from xqdbg.settings import SETTINGS
from xqdbg.tablefile import config_folder

FINE, PROBLEMS = 0, 1
_COLUMNS = 78


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command: what to do, and the options whose effect is to be seen."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--path", action="store_true", help="print where the file of settings is, or would be")
    what.add_argument("--init", action="store_true", help="write a file that explains all settings, if there is none")
    add_face_options(parser)
    add_line_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the settings; 1 if something in the file is not right."""
    path = config_folder() / FILE
    if arguments.path:
        say(printable(str(path)))
        return FINE
    if arguments.init:
        write_template(path)
        remark(f"xqdbg: wrote {printable(str(path))}")
        return FINE
    config = load_config(vars(arguments))
    _show(config, f"{printable(str(path))}{'' if path.is_file() else ' (no such file: everything by default)'}")
    for problem in config.problems:
        complain(f"xqdbg: {problem}")
    return PROBLEMS if config.problems else FINE


def _show(config: Config, where: str) -> None:
    say(where)
    for key, setting in SETTINGS.items():
        value, default = literal(config.values[key]), literal(setting.default)
        origin = config.origins[key].value
        say(f"\n{key} = {printable(value)}   ({origin}{'' if value == default else f'; default {default}'})")
        means = f"{setting.doc} It can be {setting.expected}; {setting.variable} sets it"
        means += f", and so does {setting.option}." if setting.option else "."
        for line in wrap(means, _COLUMNS - 4, break_on_hyphens=False):
            say(f"    {line}")
