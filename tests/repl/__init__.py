"""The dialogue in lines."""
