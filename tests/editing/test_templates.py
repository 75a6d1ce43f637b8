"""Texts to begin with: each is a good program and explains itself."""

from __future__ import annotations

import pytest

from tests.editing.support import LANGUAGE
from vm.contract import Status
from xqdbg import machines
from xqdbg.editing.language import Language
from xqdbg.editing.templates import Template, begin, find_template, templates
from xqdbg.errors import XqdbgError

EVERY = [(machine.name, each) for machine in machines.MACHINES for each in templates(machines.toolchain(machine))]
TOOLS = LANGUAGE.tools


@pytest.mark.parametrize(("machine", "template"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_a_template_runs_as_it_is_and_is_verified(machine: str, template: Template) -> None:
    tools = machines.toolchain(machines.registered(machine))
    program = tools.assemble(template.text, template.name)
    assert not tools.check(program)
    running = tools.machine(program, {})
    running.run(100_000)
    assert running.status is Status.HALTED
    assert tools.outcome(running).get("outputs") != []


@pytest.mark.parametrize(("machine", "template"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_a_template_is_commented_and_formatted(machine: str, template: Template) -> None:
    tools = machines.toolchain(machines.registered(machine))
    assert template.title and template.text.endswith("\n")
    assert not any(line != line.rstrip() or len(line) > 120 for line in template.text.split("\n"))
    lines = [line for line in template.text.split("\n") if line.strip()]
    assert sum(tools.syntax.comment in line for line in lines) >= len(lines) / 4
    language = Language(tools)
    assert language.format(template.text) == template.text
    assert not language.diagnose(template.text)


def outputs(name: str) -> list[object]:
    machine = TOOLS.machine(TOOLS.assemble(find_template(TOOLS, name).text), {})
    machine.run(100_000)
    found: list[object] = TOOLS.outcome(machine)["outputs"]
    return found


def test_what_the_templates_of_the_first_machine_compute() -> None:
    assert outputs("empty program") == [42]
    assert outputs("counted loop") == [55]
    assert outputs("vector sort") == [[10, 20, 30]]
    assert len(outputs("Ising spins")) == 1


def test_the_sample_of_the_qubo_keeps_the_rule() -> None:
    assert outputs("qubo")[1] == 3 - 20


def test_a_document_is_begun_with_a_template() -> None:
    document = begin(TOOLS, "Counted")
    assert document.text == TOOLS.templates()["counted loop"] and document.dirty and not document.path
    assert begin(TOOLS).text == "" and not begin(TOOLS).dirty


def test_unknown_templates_are_told_with_those_there_are() -> None:
    with pytest.raises(XqdbgError, match="no template 'vector srt'") as raised:
        find_template(TOOLS, "vector srt")
    assert raised.value.hint == "did you mean vector sort?"
    with pytest.raises(XqdbgError) as raised:
        find_template(TOOLS, "")
    assert "empty program" in raised.value.hint
