"""The support workflow: what happens to a request for help, and by when."""
