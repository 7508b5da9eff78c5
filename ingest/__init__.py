"""Source file -> parsed document -> chunks -> vectors -> index.

Owns what an index entry is. The query side borrows its tokenizer, encoders and store from here, so that
the two halves cannot drift apart. Nothing in this package knows ``kb_service`` or ``eval``.
"""

import os

# Haystack settles while it is imported whether it reports each run to its makers: it has to be told before.
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
