"""The editor without a face: a text and its file, and what is known of the program in it."""
