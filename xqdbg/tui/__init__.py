"""The Textual face."""

import os

os.environ.setdefault("ESCDELAY", "25")
# Milliseconds after which an escape is a key of its own; textual reads it once, when it is imported.
