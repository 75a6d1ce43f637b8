"""Engines are chosen by name, and told apart where a machine lacks one or it cannot be had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.batch.conftest import Obey
from tests.support.pvm import CONFORMANCE, examples
from vm.pvm.native import compiler

COLLATZ = examples()["collatz"][1]
VECTORS = CONFORMANCE / "pvm" / "runs" / "ctl.jsonl"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "collatz.pvm"
    path.write_bytes(COLLATZ)
    return path


def test_both_engines_come_to_the_same(obey: Obey, program: Path) -> None:
    pytest.importorskip("llvmlite", reason="the native engine needs llvmlite, an extra of this project")
    answers = [obey("run", program, "--json", "--args", "b80b0000", *more) for more in
               ((), ("--engine", "interpreter"), ("--engine", "native"))]  # fmt: skip
    assert {(answer.code, answer.err) for answer in answers} == {(0, "")}
    first, *others = (json.loads(answer.out) for answer in answers)
    assert first["registers"]["a0"] == 2919 and all(other == first for other in others)


def test_vectors_are_judged_on_the_engine_that_is_named(obey: Obey) -> None:
    pytest.importorskip("llvmlite", reason="the native engine needs llvmlite, an extra of this project")
    one, both = (json.loads(obey("conform", VECTORS, "--engine", name, "--json").out) for name in ("native", "all"))
    assert one["failed"] == both["failed"] == one["skipped"] == both["skipped"] == 0
    assert both["passed"] == 2 * one["passed"] > 0


def test_without_llvm_there_is_one_clear_message(obey: Obey, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_spec", lambda name: None)
    for words in (("run", program, "--engine", "native"), ("conform", VECTORS, "--engine", "native")):
        answer = obey(*words)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == "xqdbg: the native engine needs llvmlite: pip install 'xqdbg[native]'\n"
    assert obey("run", program).code == 0
    both = json.loads(obey("conform", VECTORS, "--engine", "all", "--json").out)
    assert both["failed"] == 0 and both["passed"] == both["skipped"] > 0


def test_a_machine_that_lacks_the_engine_says_so(obey: Obey) -> None:
    answer = obey("run", "example:factorial", "--engine", "native")
    assert answer.code == 2 and "xqvm has no engine 'native' (it has interpreter)" in answer.err
    assert obey("run", "example:factorial", "--engine", "interpreter").code == 0
