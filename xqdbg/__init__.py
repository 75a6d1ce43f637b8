"""xqdbg: a time-travel debugger and terminal development environment for quadratic-model virtual machines."""

__version__ = "0.1.0"
