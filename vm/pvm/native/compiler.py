"""LLVM, met here alone and as late as can be: text to object code, and object code to functions."""

from __future__ import annotations

import os
import platform
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from vm.diagnostics import InputError

ADVICE = "pip install 'xqdbg[native]'"
"""What to do where LLVM is missing."""


_PROCESSORS = frozenset({"x86_64", "amd64", "aarch64", "arm64"})
"""Those with a calling convention that spares registers; LLVM gives up the process on others."""


class NativeUnavailable(InputError):
    """There is no LLVM here, or none that serves this system."""


class Loaded:
    """Object code in memory, for as long as this is."""

    def __init__(self, engine: Any, functions: Mapping[str, int]) -> None:
        self._engine = engine
        self.functions = functions
        """Addresses by name."""


def available() -> bool:
    """Whether programs can be recompiled here, as far as can be told without LLVM; costs next to nothing."""
    return not _lacking()


def require() -> None:
    """NativeUnavailable that says what to do, unless programs can be recompiled here."""
    if lacking := _lacking():
        raise NativeUnavailable(lacking)
    _target()


def _lacking() -> str:
    processor = platform.machine().lower()
    if os.name != "posix" or processor not in _PROCESSORS or struct.calcsize("P") != 8:
        return f"the native engine is for Linux and macOS on 64-bit x86 and ARM, not for {os.name} on {processor}"
    return "" if find_spec("llvmlite") else f"the native engine needs llvmlite: {ADVICE}"


def described() -> str:
    """All that object code depends on besides its text: versions, and the processor."""
    import llvmlite

    llvm, _ = _target()
    version = ".".join(map(str, llvm.llvm_version_info))
    return "\n".join((llvmlite.__version__, version, llvm.get_process_triple(), *_processor(llvm)))


@cache
def _target() -> tuple[Any, Any]:
    """The library, ready to be used, and what this machine is to it."""
    try:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        llvm.check_jit_execution()
        return llvm, llvm.Target.from_triple(llvm.get_process_triple())
    except (ImportError, OSError, RuntimeError) as error:
        raise NativeUnavailable(f"the native engine cannot use llvmlite ({error}): {ADVICE}") from None


def _processor(llvm: Any) -> tuple[str, str]:
    try:
        return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    except RuntimeError:  # the features of some processors cannot be told
        return llvm.get_host_cpu_name(), ""


def _machine() -> Any:
    llvm, target = _target()
    cpu, features = _processor(llvm)
    return target.create_target_machine(cpu=cpu, features=features, opt=2, codemodel="jitdefault", jit=True)


def compiled(text: str) -> bytes:
    """A module as object code."""
    llvm, _ = _target()
    machine = _machine()
    module = llvm.parse_assembly(text)
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_unrolling = options.loop_vectorization = False
    options.slp_vectorization = options.loop_interleaving = False
    builder = llvm.create_pass_builder(machine, options)
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, builder)
    return bytes(machine.emit_object(module))


def loaded(code: bytes, names: Sequence[str]) -> Loaded:
    """Functions of object code, ready to be called; ValueError if it has not all of them."""
    llvm, _ = _target()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    functions = {name: engine.get_function_address(name) for name in names}
    if not all(functions.values()):
        raise ValueError("a function is missing")
    return Loaded(engine, functions)
