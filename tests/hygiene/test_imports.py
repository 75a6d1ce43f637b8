"""What each entry loads, seen in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACES = ("textual", "rich", "prompt_toolkit", "pygments")


def loaded_after(code: str) -> set[str]:
    """Names of all modules in `sys.modules` once the code has run in an interpreter of its own."""
    script = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def foreign(modules: set[str], names: tuple[str, ...]) -> set[str]:
    return {module for module in modules if module.split(".")[0] in names}


@pytest.mark.parametrize(
    "argv",
    [
        ["--version"],
        ["--help"],
        ["run", "example:factorial"],
        ["run", "example:factorial", "--trace", "json", "--json"],
        ["check", "example:factorial"],
        ["dis", "example:factorial"],
        ["examples"],
        ["conform", "conformance/xqvm/verifier"],
        ["run", "no such file"],
    ],
)
def test_the_batch_face_loads_no_other(argv: list[str]) -> None:
    modules = loaded_after(f"from xqdbg.__main__ import main; main({argv!r})")
    assert "xqdbg.batch.cli" in modules
    assert not foreign(modules, FACES)
    assert not {"xqdbg.tui", "xqdbg.session", "xqdbg.timeline", "xqdbg.host", "asyncio"} & modules


@pytest.mark.parametrize("argv", [["exec", "example:factorial", "-c", "step; hits 14"], ["repl", "example:factorial"]])
def test_lines_of_commands_need_no_terminal_library(argv: list[str]) -> None:
    modules = loaded_after(f"from xqdbg.__main__ import main; main({argv!r})")
    assert "xqdbg.script.interpreter" in modules
    assert not foreign(modules, FACES)
    assert "asyncio" not in modules


def test_a_run_of_a_text_loads_only_what_it_needs(tmp_path: Path) -> None:
    """Each of these is a millisecond or more of every start."""
    program = tmp_path / "ok.xqasm"
    program.write_text("PUSH 1\nHALT\n")
    modules = loaded_after(f"from xqdbg.__main__ import main; main(['run', {str(program)!r}])") - loaded_after("")
    assert "vm.xqvm.engine" in modules
    assert not {"pathlib", "shutil", "difflib", "unicodedata", "hashlib", "vm.xqvm.trace", "vm.xqvm.verifier"} & modules


def test_version_and_help_load_no_machine() -> None:
    for argv in (["--version"], ["--help"]):
        modules = loaded_after(f"from xqdbg.__main__ import main; main({argv!r})")
        assert not any(module.startswith("vm.xqvm") for module in modules)


def test_the_machines_load_the_standard_library_only() -> None:
    added = loaded_after("import vm.xqvm.toolchain, vm.xqvm.vectors") - loaded_after("")
    packages = {module.split(".")[0] for module in added}
    assert packages - sys.stdlib_module_names == {"vm"}


def test_the_core_loads_no_face_and_no_machine() -> None:
    modules = loaded_after("import xqdbg.session, xqdbg.commands, xqdbg.host, xqdbg.timeline")
    assert not foreign(modules, FACES)
    assert not any(module.startswith(("vm.xqvm", "xqdbg.tui", "xqdbg.batch")) for module in modules)
