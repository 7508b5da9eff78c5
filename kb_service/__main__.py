"""``python -m kb_service`` is ``kb``."""

from kb_service.cli import main

main()
