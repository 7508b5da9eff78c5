"""Near-duplicates among published versions of different documents: found when one is published, kept in pairs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, union_all
from sqlalchemy.orm import Session, aliased

from ingest.catalogue.transactions import Transactions, batches
from ingest.near_duplicates import THRESHOLD, similarity
from ingest.records import DuplicateGroup, DuplicateMember, Twin
from ingest.tables import DuplicateRow, SignatureBandRow, State, VersionRow

_MOST_CANDIDATES = 64
"""Versions a new one is compared with; keeps the cost of a text of which there are thousands of copies bounded."""


class Duplicates(Transactions):
    """Tells which documents say nearly the same."""

    def find_twins(self, document_ids: Collection[str], on: date) -> list[Twin]:
        """The near-duplicates of these documents, as they are in force on ``on``, the most similar first.

        A pair of two documents that are both asked for comes twice, once from either side.
        """
        first, second = _two_versions()
        sides = [
            _pairs(first, second, on)
            .where(mine.document_id.in_(document_ids))
            .with_only_columns(*_columns(mine), *_columns(other), DuplicateRow.similarity)
            for mine, other in ((first, second), (second, first))
        ]
        with self._reading() as session:
            rows = session.execute(union_all(*sides)).all()
        twins = [Twin(_member(row[:5]), _member(row[5:10]), row[10]) for row in rows]
        return sorted(twins, key=lambda t: (-t.similarity, t.document.document_id, t.twin.document_id))

    def find_pairs_among(self, document_ids: Collection[str], on: date) -> list[tuple[str, str]]:
        """Pairs of near-duplicates of which both are among these documents, as they are in force on ``on``."""
        first, second = _two_versions()
        pairs = (
            _pairs(first, second, on)
            .where(first.document_id.in_(document_ids), second.document_id.in_(document_ids))
            .with_only_columns(first.document_id, second.document_id)
        )
        with self._reading() as session:
            return [(row[0], row[1]) for row in session.execute(pairs)]

    def list_duplicates(self) -> list[DuplicateGroup]:
        """Published versions that hang together by near-duplicate pairs, the largest groups first."""
        first, second = _two_versions()
        query = _pairs(first, second, None).with_only_columns(
            first.id, *_columns(first), second.id, *_columns(second), DuplicateRow.similarity
        )
        members: dict[int, DuplicateMember] = {}
        pairs: list[tuple[int, int, float]] = []
        with self._reading() as session:
            for row in session.execute(query):
                members[row[0]], members[row[6]] = _member(row[1:6]), _member(row[7:12])
                pairs.append((row[0], row[6], row[12]))
        groups = [
            DuplicateGroup(
                tuple(sorted((members[key] for key in keys), key=lambda m: (m.document_id, m.version))), lowest
            )
            for keys, lowest in group_pairs(pairs)
        ]
        return sorted(groups, key=lambda g: (-len(g.members), g.members[0].document_id))


def group_pairs(pairs: Iterable[tuple[int, int, float]]) -> list[tuple[set[int], float]]:
    """Join pairs that share a member, directly or over others; each group comes with its lowest similarity."""
    groups: dict[int, tuple[set[int], list[float]]] = {}
    for left, right, value in pairs:
        larger, smaller = sorted(
            (groups.get(key, ({key}, [])) for key in (left, right)), key=lambda group: len(group[0]), reverse=True
        )
        if larger is not smaller and larger[0] is not smaller[0]:
            larger[0].update(smaller[0])
            larger[1].extend(smaller[1])
        larger[1].append(value)
        groups.update(dict.fromkeys(smaller[0] | {left, right}, larger))
    distinct = {id(group): group for group in groups.values()}
    return [(keys, min(values)) for keys, values in distinct.values()]


def link_duplicates(session: Session, keys: Sequence[int]) -> None:
    """Pair newly published versions with the published ones of other documents that say nearly the same."""
    found: dict[tuple[int, int], float] = {}
    for key in keys:
        mine = session.execute(select(VersionRow.document_id, VersionRow.signature).where(VersionRow.id == key)).one()
        candidates = session.scalars(_candidates(key, mine.document_id)).all()
        signatures = select(VersionRow.id, VersionRow.signature).where(VersionRow.id.in_(candidates))
        for other, theirs in session.execute(signatures):
            value = similarity(mine.signature or b"", theirs or b"")
            if value >= THRESHOLD:
                found[min(key, other), max(key, other)] = value
    rows = [{"first_key": low, "second_key": high, "similarity": value} for (low, high), value in found.items()]
    for some in batches(rows):
        session.execute(insert(DuplicateRow), some)


def _candidates(key: int, document_id: str) -> Select[Any]:
    mine, theirs = aliased(SignatureBandRow), aliased(SignatureBandRow)
    return (
        select(theirs.version_key)
        .distinct()
        .join(mine, mine.band == theirs.band)
        .join(VersionRow, VersionRow.id == theirs.version_key)
        .where(mine.version_key == key, VersionRow.state == State.PUBLISHED, VersionRow.document_id != document_id)
        .limit(_MOST_CANDIDATES)
    )


@cache
def _two_versions() -> tuple[Any, Any]:
    """The table by two names, made once: every search asks for twins, and making the names takes longer than that."""
    return aliased(VersionRow), aliased(VersionRow)


def _pairs(first: Any, second: Any, on: date | None) -> Select[Any]:
    query = (
        select(DuplicateRow)
        .join(first, first.id == DuplicateRow.first_key)
        .join(second, second.id == DuplicateRow.second_key)
        .where(first.state == State.PUBLISHED, second.state == State.PUBLISHED)
    )
    return query if on is None else query.where(_in_force(first, on), _in_force(second, on))


def _in_force(version: Any, on: date) -> ColumnElement[bool]:
    return (version.effective_from <= on) & (version.effective_to >= on)  # type: ignore[no-any-return]


def _columns(version: Any) -> tuple[Any, ...]:
    return version.document_id, version.version, version.title, version.clearance, version.departments


def _member(values: Sequence[Any]) -> DuplicateMember:
    document_id, version, title, clearance, departments = values
    return DuplicateMember(document_id, version, title, clearance, tuple(departments))
