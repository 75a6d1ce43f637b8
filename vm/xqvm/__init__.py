"""XQVM, the X-Quadratic Virtual Machine, as released in toolchain 0.4.5.

    from vm.xqvm import XqvmMachine, assemble
    machine = XqvmMachine(assemble("PUSH 10\\nPUSH 32\\nADD"))
    machine.run()

The static verifier is `vm.xqvm.verifier.verify`. Sections named in docstrings are those of the XQVM reference.
"""

from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample
from vm.xqvm.program import Program

load = Program.load

__all__ = ["BINARY", "SPIN", "Domain", "Model", "Program", "Sample", "XqvmMachine", "assemble", "load"]
