"""A small deterministic machine that keeps vm.contract.Machine and is no XQVM: what the debugger is tested on."""

from tests.support.toy.isa import ISA
from tests.support.toy.machine import ToyMachine, toy_machine
from tests.support.toy.program import ToyProgram, marks, toy_program

__all__ = ["ISA", "ToyMachine", "ToyProgram", "marks", "toy_machine", "toy_program"]
