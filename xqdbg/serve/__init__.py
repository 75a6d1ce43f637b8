"""The screen in a web browser; what serves it is an extra and imported only here."""
