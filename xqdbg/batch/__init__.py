"""The batch face: run, assemble, disassemble, check and judge programs without a terminal interface."""
