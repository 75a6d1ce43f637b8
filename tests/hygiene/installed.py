"""Checks an installed xqdbg from outside the repository; run by `.ci/run`, not collected by pytest.

Usage: python -I installed.py PATH_OF_XQDBG
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path


def main(xqdbg: str) -> None:
    def obey(*words: str) -> str:
        return subprocess.run([xqdbg, *words], check=True, capture_output=True, text=True, timeout=300).stdout

    import vm
    import xqdbg as package
    from xqdbg import resources

    inside = Path(package.__file__).parent
    expect(inside.name == "xqdbg" and "site-packages" in inside.parts, f"xqdbg is imported from {inside}")
    expect(Path(vm.__file__).parent.parent == inside.parent, "vm is imported from elsewhere")
    expect(obey("--version") == f"xqdbg {package.__version__}\n", "--version")
    outcome = json.loads(obey("run", "example:tsp5/encoder", "--json"))
    expect(outcome["outputs"][0]["size"] == 25, "run of an example")
    for example in list(resources.examples()):
        expect(example.program.is_relative_to(inside / "_shared"), f"{example.name} is outside the package")
    expect("example:tsp5/encoder" in obey("examples"), "examples")
    tally = json.loads(obey("conform", "--json"))
    expect(tally["failed"] == 0 and tally["skipped"] == 0 and tally["passed"] > 2700, f"conform: {tally}")
    expect(any(resources.themes().glob("*.toml")), "no themes")
    asyncio.run(open_headless())
    print(f"installed xqdbg {package.__version__} works: {tally['passed']} cases")


async def open_headless() -> None:
    """Open the debugger on an example without a terminal, and step."""
    from xqdbg.batch.target import open_target
    from xqdbg.session import Session
    from xqdbg.tui.app import XqdbgApp

    target = open_target("example:factorial")
    machine = target.tools.machine(target.program, {"calldata": [5]})
    app = XqdbgApp(Session(machine, target.name))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        expect(app.is_running, "the debugger did not open")


def expect(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"installed xqdbg: {what}")


if __name__ == "__main__":
    main(sys.argv[1])
