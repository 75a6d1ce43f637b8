"""What a wheel holds, and that it works without the repository. `.ci/run` also installs one elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xqdbg import __version__

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the working tree, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    assert wheel.name == f"xqdbg-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_everything_shared_is_in_it(unpacked: Path) -> None:
    for folder in ("themes", "conformance"):
        here = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
        there = unpacked / "xqdbg" / "_shared" / folder
        assert {path.relative_to(there) for path in there.rglob("*") if path.is_file()} == here
    assert any((unpacked / "xqdbg" / "_shared" / "themes").glob("*.toml"))


def test_nothing_else_is_in_it(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir()} == {"vm", "xqdbg", f"xqdbg-{__version__}.dist-info"}
    assert (unpacked / "vm" / "py.typed").is_file()
    assert not list(unpacked.rglob("__pycache__"))
    modules = {path.relative_to(ROOT) for name in ("vm", "xqdbg") for path in (ROOT / name).rglob("*.py")}
    assert {path.relative_to(unpacked) for path in unpacked.rglob("*.py")} == modules


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["run", "example:tsp5/verifier", "--json"], {"outputs": [-2255, 1]}),
        (["conform", "--json"], {"failed": 0, "skipped": 0}),
    ],
)
def test_it_works_on_its_own(unpacked: Path, tmp_path: Path, argv: list[str], expected: dict[str, object]) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); from xqdbg.__main__ import main; sys.exit(main({argv!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert expected.items() <= json.loads(done.stdout).items()


def test_themes_are_found_in_it(unpacked: Path, tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); from xqdbg import resources; print(resources.themes())"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()) == unpacked / "xqdbg" / "_shared" / "themes"
