"""What the parts of the catalogue share: a session a method, and long lists taken in pieces."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

_BATCH = 500
"""Values in one IN list; databases limit the parameters of a statement."""

Item = TypeVar("Item")


class Transactions:
    """Opens a session for one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """All of it or nothing; on return it is on disk."""
        with Session(self._engine) as session, session.begin():
            yield session


def batches(items: Iterable[Item], size: int = _BATCH) -> Iterator[list[Item]]:
    """Cut ``items`` into lists of at most ``size``, without holding more than one of them."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
