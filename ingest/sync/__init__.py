"""Which sources are new, changed or gone, and their publication, whole documents at a time."""
