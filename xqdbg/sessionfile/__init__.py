"""A session as a file: what there is to keep, as data, and the JSON it is written in. Needs no session to be read."""
