"""The machines: deterministic virtual machines behind one contract, built on the standard library alone."""
