"""Instructions in words: what one does, with the numbers of a moment, and its page of the reference."""
