"""Near-duplicates among published versions of different documents: found when one is published, kept in pairs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, union
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
        with self._reading() as session:
            mine = _members(session, VersionRow.document_id.in_(document_ids), on)
            pairs = _pairs_of(session, mine)
            others = {key for pair in pairs for key in pair[:2]} - mine.keys()
            members = mine | _members(session, VersionRow.id.in_(others), on) if others else mine
        twins = [
            Twin(members[key], members[other], value)
            for first, second, value in pairs
            for key, other in ((first, second), (second, first))
            if key in mine and other in members
        ]
        return sorted(twins, key=lambda t: (-t.similarity, t.document.document_id, t.twin.document_id))

    def find_pairs_among(self, document_ids: Collection[str], on: date) -> list[tuple[str, str]]:
        """Pairs of near-duplicates of which both are among these documents, as they are in force on ``on``."""
        mine: dict[int, str] = {}
        with self._reading() as session:
            for ids in batches(document_ids):
                # All of it is in the index, and pairs are rare, so the periods are read of those alone that have one.
                published = select(VersionRow.id, VersionRow.document_id).where(
                    VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED
                )
                mine.update((row.id, row.document_id) for row in session.execute(published))
            pairs = [pair[:2] for pair in _pairs_of(session, mine) if mine.keys() >= set(pair[:2])]
            in_force = (
                _members(session, VersionRow.id.in_({key for pair in pairs for key in pair}), on) if pairs else {}
            )
        return [(mine[first], mine[second]) for first, second in pairs if first in in_force and second in in_force]

    def list_duplicates(self) -> list[DuplicateGroup]:
        """Published versions that hang together by near-duplicate pairs, the largest groups first."""
        first, second = aliased(VersionRow), aliased(VersionRow)
        query = (
            select(first.id, *_columns(first), second.id, *_columns(second), DuplicateRow.similarity)
            .select_from(DuplicateRow)
            .join(first, first.id == DuplicateRow.first_key)
            .join(second, second.id == DuplicateRow.second_key)
            .where(first.state == State.PUBLISHED, second.state == State.PUBLISHED)
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


# Look-ups by key, one after the other: as one join, SQLite may go through all published versions.
def _members(session: Session, which: ColumnElement[bool], on: date) -> dict[int, DuplicateMember]:
    """Those versions that are published and in force on ``on``, by key."""
    in_force = (VersionRow.effective_from <= on) & (VersionRow.effective_to >= on)
    query = select(VersionRow.id, *_columns(VersionRow)).where(which, VersionRow.state == State.PUBLISHED, in_force)
    return {row[0]: _member(row[1:]) for row in session.execute(query)}


def _pairs_of(session: Session, keys: Collection[int]) -> list[tuple[int, int, float]]:
    """Every pair of which one of these versions is a part, with its similarity."""
    columns = (DuplicateRow.first_key, DuplicateRow.second_key, DuplicateRow.similarity)
    ends = (DuplicateRow.first_key, DuplicateRow.second_key)
    either = union(*(select(*columns).where(end.in_(keys)) for end in ends))
    return [(row[0], row[1], row[2]) for row in session.execute(either)]


def _columns(version: Any) -> tuple[Any, ...]:
    return version.document_id, version.version, version.title, version.clearance, version.departments


def _member(values: Sequence[Any]) -> DuplicateMember:
    document_id, version, title, clearance, departments = values
    return DuplicateMember(document_id, version, title, clearance, tuple(departments))
