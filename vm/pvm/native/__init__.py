"""The second engine of the PVM: programs recompiled to code of the processor by LLVM.

`region` chooses what is compiled together, `lowering` and `emitter` write it as LLVM's text, `compiler` makes object
code of that and `cache` keeps it; `frame` is the memory that compiled code and Python share, `paging` the pages in it,
and `driver` runs a machine with it as far as it goes. Whatever is rare is left to the interpreter: an instruction
that faults, panics, halts, calls the host or moves the heap, and a block that cannot be paid in full.
"""
