"""The editor of program texts: its widget, what pops up in it, and its list of problems."""
