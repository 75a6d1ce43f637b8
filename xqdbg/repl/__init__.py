"""The debugger as a dialogue in lines; prompt_toolkit is imported only where there is a terminal to talk to."""
