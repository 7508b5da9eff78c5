"""Puts a generated table between its markers in the README files."""

import re
from pathlib import Path


def replace_between(path: Path, name: str, table: str) -> None:
    """Replace what stands between ``<!-- name:begin -->`` and ``<!-- name:end -->`` in ``path``.

    Raises:
        ValueError: the file has no such markers.
    """
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{path} has no markers for {name}")
    path.write_text(pattern.sub(lambda match: f"{match[1]}{table}\n{match[2]}", text), encoding="utf-8")
