"""Screens that lie over the debugger for a while."""
