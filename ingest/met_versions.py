"""Which versions a run has met, and in which files."""

import hashlib

from ingest.errors import Origin

_LINE_BITS = 32


class MetVersions:
    """Remembers places by 64-bit hashes, about 0.1 KB a version, so that a run may meet millions."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}
        self._counts: list[int] = []
        self._places: dict[int, int] = {}

    def meet(self, document_id: str, version: str, origin: Origin, *, renamed: bool = False) -> Origin | None:
        """Note where a version stands; return its first place instead where it was met before.

        ``renamed`` is for a version that was met by the name its source states and goes by another one.
        """
        key = _hash(document_id, version)
        if (place := self._places.get(key)) is not None:
            return Origin(self._paths[place >> _LINE_BITS], place % (1 << _LINE_BITS) or None)
        number = self._number(origin.path)
        self._places[key] = number << _LINE_BITS | (origin.line or 0)
        self._counts[number] += not renamed
        return None

    def holds(self, document_id: str, version: str, path: str) -> bool:
        """Whether the version was met in the file at ``path``."""
        place = self._places.get(_hash(document_id, version))
        return place is not None and self._paths[place >> _LINE_BITS] == path

    def count(self, path: str) -> int:
        """How many versions were met first in the file at ``path``."""
        number = self._numbers.get(path)
        return 0 if number is None else self._counts[number]

    def _number(self, path: str) -> int:
        if path not in self._numbers:
            self._numbers[path] = len(self._paths)
            self._paths.append(path)
            self._counts.append(0)
        return self._numbers[path]


def _hash(document_id: str, version: str) -> int:
    # Two of a billion versions collide with a probability of 3 %.
    digest = hashlib.blake2b(f"{document_id}\0{version}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")
