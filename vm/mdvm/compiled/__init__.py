"""The second engine: parts of a program as Python functions, made when they are known to run for long.

A unit begins at an instruction and holds what can be reached from there without returning: loops become loops, branches
become branches, and what is called becomes functions. It leaves before whatever it does not do itself, a fault above
all, with the state the interpreter would have there, which then goes on.
"""
