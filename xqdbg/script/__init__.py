"""Lines of commands obeyed, and what comes of them told as plain text and as JSON."""

from xqdbg.script.interpreter import Interpreter
from xqdbg.script.obeying import obey, prompt
from xqdbg.script.reading import Script, read_script
from xqdbg.script.reply import Reply, Spot

__all__ = ["Interpreter", "Reply", "Script", "Spot", "obey", "prompt", "read_script"]
