"""XQVM, the X-Quadratic Virtual Machine, as released in toolchain 0.4.5."""
