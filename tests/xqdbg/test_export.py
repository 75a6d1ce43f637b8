"""Tests made of sessions: they pass on the program they were made of, and fail on one that breaks what was pinned."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vm.toolchain import Program
from vm.vectors import judge_run
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import resources
from xqdbg.__main__ import main
from xqdbg.batch.target import open_target
from xqdbg.errors import XqdbgError
from xqdbg.export import export, module, vector
from xqdbg.patience import Patience
from xqdbg.session import Opened, Session

ROOT = Path(__file__).parents[2]

SUM = """\
PUSH 0
STOW r1
PUSH 1
PUSH 5
RANGE
  LVAL r2
  LOAD r1
  LOAD r2
  ADD         ; the sum
  STOW r1
NEXT
PUSH 0
INPUT r3
PUSH 0
OUTPUT r1
HALT
"""


def begin(text: str = SUM, name: str = "sum.xqasm", **inputs: Any) -> Session:
    return begin_on(TOOLCHAIN.assemble(text, name), name, inputs)


def begin_on(program: Program, name: str, inputs: dict[str, Any]) -> Session:
    return Session(TOOLCHAIN.machine(program, inputs), name, opened=Opened(TOOLCHAIN, program))


def pinned() -> Session:
    """A session with pins on two branches, at the start, within and at the end, with old values and saved ones."""
    session = begin(calldata=[7])
    session.pins.add("r1 == unset and tick == 0", 0, "main")
    session.goto_tick(11)
    session.save_value("one", "r1")
    session.saved["text"] = "binary"
    session.pins.add("r1 == 1 and depth == 1 and old(r1) == 0 and $one == r1", 11 - 1, "main")
    session.goto_tick(17)
    session.edit([("r1", "100"), ("stack", "[1, 2]")], "more")
    session.edit([("in[0]", "9")], "more-still")
    session.end()
    session.pins.add("r1 > 100 and r3 == 9 and out[0] == r1", session.timeline.tick, "more-still")
    session.switch("main")
    session.end()
    session.pins.add("out[0] == 15 and r3 == 7", session.timeline.tick, "main")
    session.pins.add("$text == 'binary'", 0, "main")
    return session


HOSTILE = [
    "HALT ; '''\nHALT ; \"\"\"\nHALT ; \\\nHALT ; \\x27 \\N{DASH} {braces} {0} %s\n",
    "HALT ; ') + __import__('os').system('touch owned') + ('\n",
    'HALT ; """\n; import os; os.system("touch owned")\n; """\n',
    "HALT ; \u202e\u2028\x0c\x85\x1c \u00e9 \U0001f600\r\nHALT\n",
    "HALT ; \x7f\x1b[2J\x00\n",
]
HOSTILE_NAME = "\u202e'''\n\"\"\"{0}"


@dataclass(frozen=True)
class Ran:
    """What pytest made of a folder of exported modules."""

    output: str
    files: list[str]

    def of(self, module: str) -> dict[str, str]:
        """`PASSED` or `FAILED` by pin number."""
        found = re.findall(rf"test_{module}\.py::test_pin_(\d+)_at_tick_\d+ (PASSED|FAILED)", self.output)
        return dict(found)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Modules of right and wrong programs, run by pytest in a process of its own that has nothing but the packages."""
    folder = tmp_path_factory.mktemp("exported")
    right = exported(pinned(), folder / "test_right.py")
    for name, old, new in (
        ("broken", "'  ADD ", "'  SUB "),
        ("short", "'PUSH 5\\n'", "'PUSH 2\\n'"),
        ("inputs", "'calldata': [7]", "'calldata': [8]"),
    ):
        assert right.count(old) == 1
        (folder / f"test_{name}.py").write_text(right.replace(old, new), "utf-8")
    wrong = begin(calldata=[7])
    wrong.pins.add("r1 == 5", 0, "main")
    wrong.pins.add("r1[3] == 5", 30, "main")
    exported(wrong, folder / "test_wrong.py")
    code = begin_on(TOOLCHAIN.load(TOOLCHAIN.assemble(SUM).container(), "sum.xqb"), "sum.xqb", {"calldata": [7]})
    code.end()
    code.pins.add("out[0] == 15", code.timeline.tick, "main")
    exported(code, folder / "test_bytes.py")
    for number, text in enumerate(HOSTILE):
        session = begin(text, HOSTILE_NAME)
        session.pins.add("tick == 0", 0, "main")
        exported(session, folder / f"test_hostile{number}.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return Ran(done.stdout, sorted(path.name for path in folder.iterdir() if path.name != "__pycache__"))


def exported(session: Session, path: Path) -> str:
    """The module an export writes."""
    tests = len(session.pins)
    assert export(session, "pytest", str(path)) == f"{tests} test{'s' if tests > 1 else ''} written to {path}"
    return path.read_text("utf-8")


def values_of(text: str) -> dict[str, Any]:
    """The literals a module assigns, read and not run."""
    found = {}
    for node in ast.parse(text).body:
        target, value = None, None
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value
        if isinstance(target, ast.Name) and value is not None:
            found[target.id] = ast.literal_eval(value)
    return found


# pytest


def test_the_module_passes_on_its_own_program(ran: Ran) -> None:
    assert ran.of("right") == dict.fromkeys("12345", "PASSED"), ran.output


def test_it_fails_on_a_program_that_breaks_a_pin_and_says_why(ran: Ran) -> None:
    assert ran.of("broken") == {"1": "PASSED", "2": "FAILED", "3": "FAILED", "4": "FAILED", "5": "PASSED"}
    assert "out[0] is -15, r3 is 7" in ran.output


def test_it_fails_on_a_program_that_ends_before_a_pin(ran: Ran) -> None:
    assert ran.of("short") == {"1": "PASSED", "2": "PASSED", "3": "FAILED", "4": "FAILED", "5": "PASSED"}
    assert "the run ends at tick 22, before 40" in ran.output


def test_it_fails_on_other_inputs_but_for_the_branch_that_edits_them(ran: Ran) -> None:
    assert ran.of("inputs") == {"1": "PASSED", "2": "PASSED", "3": "PASSED", "4": "FAILED", "5": "PASSED"}


def test_a_pin_that_does_not_hold_is_a_test_that_fails(ran: Ran) -> None:
    assert ran.of("wrong") == {"1": "FAILED", "2": "FAILED"}


def test_a_program_without_source_is_a_stretch_of_bytes(ran: Ran) -> None:
    assert ran.of("bytes") == {"1": "PASSED"}


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whatever_a_program_says_is_nothing_but_text(ran: Ran, number: int) -> None:
    session = begin(HOSTILE[number], HOSTILE_NAME)
    session.pins.add("tick == 0", 0, "main")
    assert session.opened is not None
    content = module(session, session.opened, session.pins.all())
    assert values_of(content)["PROGRAM"] == "".join(f"{line}\n" for line in session.source)
    assert all(line.isprintable() for line in content.split("\n")), "nothing in it hides or acts"
    functions = [node.name for node in ast.parse(content).body if isinstance(node, ast.FunctionDef)]
    assert functions == ["machine_at", "run", "check", "test_pin_1_at_tick_0"]
    assert ran.of(f"hostile{number}") == {"1": "PASSED"}
    assert all(name.startswith("test_") for name in ran.files), "no program was obeyed"


def test_whatever_values_and_edits_are_they_are_literals() -> None:
    sample = {"type": "sample", "domain": "spin", "k": None, "rows": None, "cols": None, "values": [1, -1]}
    session = begin(calldata=[[1, 2], None, sample])
    session.saved.update({"a": 1 << 70, "b": None, "c": (1, 2)})
    session.edit([("in[0][1]", "5"), ("r9", "in[2]")], "b1")
    session.pins.add("$a > 1 and $b == unset and len($c) == 2", 0, "b1")
    session.pins.add("tick == 0", 0, "main")
    assert session.opened is not None
    found = values_of(module(session, session.opened, session.pins.all()))
    assert found["MACHINE"] == "xqvm"
    assert found["INPUTS"] == TOOLCHAIN.inputs(session.branches.find("main").timeline.machine)
    assert found["VALUES"] == {"a": 1 << 70, "b": None, "c": [1, 2]}
    assert found["EDITS"]["main"] == []
    assert found["EDITS"]["b1"][0] == (0, "in[0][1]", 5)
    assert found["EDITS"]["b1"][1][:2] == (0, "r9")


def test_the_module_is_as_the_house_writes_modules(tmp_path: Path) -> None:
    path = tmp_path / "test_sum.py"
    export(pinned(), "pytest", str(path))
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed")
    command = [str(ruff), "check", "--isolated", "--select", "E,F,B,UP,SIM", "--line-length", "120", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# Vectors


def cases(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_vector_is_a_case_that_conform_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sum.jsonl"
    session = begin(calldata=[7])
    session.goto_tick(20)
    assert export(session, "vector", str(path)) == f"1 case written to {path}"
    assert session.timeline.tick == 20
    (case,) = cases(path)
    assert (case["name"], case["program"]) == ("sum.xqasm", SUM)
    assert case["expected"]["outputs"] == [15]
    assert main(["conform", str(path)]) == 0
    assert "1       0        0" in capsys.readouterr().out
    path.write_text(json.dumps({**case, "program": SUM.replace("ADD", "SUB")}) + "\n")
    assert main(["conform", str(path)]) == 1


@pytest.mark.parametrize("text", ["PUSH 1\nADD\nHALT\n", "HALT\n", "", "PUSH 1 ; \u00e9 \u2028 \"'\r\nHALT\r\n"])
def test_vectors_of_odd_programs_and_of_faults(text: str) -> None:
    session = begin(text)
    assert session.opened is not None
    line = vector(session, session.opened)
    assert line.count("\n") == 1 and line.endswith("\n")
    case = json.loads(line)
    assert not judge_run(TOOLCHAIN, case).mismatches
    assert not {"message", "pc", "line"} & case["expected"].keys()
    if "ADD" in text:
        assert case["expected"]["error"] == "STACK_UNDERFLOW"


def test_vectors_of_all_shipped_examples(tmp_path: Path) -> None:
    for example in resources.examples():
        target = open_target(f"{resources.EXAMPLE_PREFIX}{example.name}")
        if example.name.startswith("heavy"):
            continue  # minutes of work for nothing new
        inputs = {} if example.inputs is None else json.loads(example.inputs.read_text("utf-8"))
        opened = Opened(target.tools, target.program)
        session = Session(target.tools.machine(target.program, inputs), target.name, opened=opened)
        assert not judge_run(target.tools, json.loads(vector(session, opened))).mismatches, example.name


def test_a_vector_of_bytecode(tmp_path: Path) -> None:
    program = TOOLCHAIN.load(TOOLCHAIN.assemble(SUM).container())
    session = begin_on(program, "sum.xqb", {"calldata": [7]})
    assert session.opened is not None
    case = json.loads(vector(session, session.opened))
    assert bytes.fromhex(case["bytecode_hex"]) == program.container()
    assert not judge_run(TOOLCHAIN, case).mismatches


def test_a_branch_of_other_inputs_is_a_vector_of_its_own() -> None:
    text = "PUSH 0\nINPUT r1\nPUSH 0\nOUTPUT r1\nHALT\n"
    session = begin(text, calldata=[5])
    session.edit([("in[0]", "9")], "nine")
    session.end()
    assert session.opened is not None
    case = json.loads(vector(session, session.opened))
    assert case["name"] == "sum.xqasm (nine)"
    assert (case["inputs"]["calldata"], case["expected"]["outputs"]) == ([9], [9])
    assert not judge_run(TOOLCHAIN, case).mismatches


@pytest.mark.parametrize(("tick", "place"), [(0, "r9"), (3, "r1"), (3, "in[0]")])
def test_a_branch_of_other_edits_is_no_vector(tmp_path: Path, tick: int, place: str) -> None:
    session = begin(calldata=[5])
    session.goto_tick(tick)
    session.edit([(place, "9")], "nine")
    with pytest.raises(XqdbgError, match="the branch nine has edits of the run") as caught:
        export(session, "vector", str(tmp_path / "x.jsonl"))
    assert "export pytest" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_a_run_without_end_is_no_vector(tmp_path: Path) -> None:
    session = begin("TARGET .0\nPUSH 1\nPOP\nJUMP .0\n", step_limit=None)
    told: list[int] = []
    with pytest.raises(XqdbgError, match="exporting was cancelled"):
        export(session, "vector", str(tmp_path / "x.jsonl"), Patience(lambda: len(told) > 2, told.append))
    assert told == sorted(told) and len(told) == 3
    assert not list(tmp_path.iterdir())


# What cannot be


def test_there_must_be_something_to_export(tmp_path: Path) -> None:
    path = str(tmp_path / "x.py")
    with pytest.raises(XqdbgError) as caught:
        export(begin(), "pytest", path)
    assert (caught.value.message, caught.value.hint[:10]) == ("there is no pin to make a test of", "`pin EXPR`")
    with pytest.raises(XqdbgError, match="is no form to export in"):
        export(begin(), "docx\n", path)
    program = TOOLCHAIN.assemble(SUM)
    with pytest.raises(XqdbgError, match="the program is not at hand"):
        export(Session(TOOLCHAIN.machine(program, {}), "x"), "vector", path)
    assert not list(tmp_path.iterdir())


def test_a_failure_while_writing_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "test_sum.py"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(XqdbgError, match="no space left on device"):
        export(pinned(), "pytest", str(path))
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1
