"""Pictures of the debugger, and the scenes that make them."""
