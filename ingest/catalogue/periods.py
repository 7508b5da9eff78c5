"""When each published version is in force: from its own first day to the day before the next version's."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import attrgetter

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ingest.catalogue.transactions import batches
from ingest.tables import State, VersionRow


def ends_in_force(periods: Sequence[tuple[date, date]]) -> list[date]:
    """The last day in force of each ``(effective_from, stated_effective_to)`` among a document's versions.

    A version ends on its stated day, or on the day before the next later version begins, whichever comes first.
    Versions that begin on one day do not end each other.
    """
    starts = sorted({start for start, _ in periods})
    following = dict(pairwise(starts))
    return [min(end, following[start] - timedelta(days=1)) if start in following else end for start, end in periods]


def settle_periods(session: Session, document_ids: Iterable[str]) -> None:
    """Recompute the ends in force of these documents' published versions, and mark those whose end has changed."""
    columns = (
        VersionRow.id,
        VersionRow.document_id,
        VersionRow.effective_from,
        VersionRow.effective_to,
        VersionRow.stated_effective_to,
    )
    for ids in batches(document_ids):
        published = (
            select(*columns)
            .where(VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED)
            .order_by(VersionRow.document_id)
        )
        for _, rows in groupby(session.execute(published).all(), key=attrgetter("document_id")):
            versions = list(rows)
            ends = ends_in_force([(row.effective_from, row.stated_effective_to) for row in versions])
            for row, end in zip(versions, ends, strict=True):
                if end != row.effective_to:
                    changed = update(VersionRow).where(VersionRow.id == row.id)
                    session.execute(changed.values(effective_to=end, period_stale=True))
