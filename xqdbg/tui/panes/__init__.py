"""The panes: each shows part of a moment, knows nothing else, and asks by messages."""
