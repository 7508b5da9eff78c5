"""People are told by the names they give."""

import unicodedata


def is_same_person(first: str, second: str) -> bool:
    """Whether two names are one, however they are typed."""
    return _folded(first) == _folded(second)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
