"""A published article -> the source record that it goes into the index as, by the same path as a line of a file."""

import json
import os
from datetime import date
from zoneinfo import ZoneInfo

from ingest.document import Kind, SourceRecord, sha256
from ingest.errors import Origin
from kb_service.articles.history import Publication
from kb_service.articles.presenting import article_id, document_id

FOLDER = "articles:"
"""No path begins so: an ingestion of folders never meets these sources, nor takes them for gone."""


def source_of(key: int) -> str:
    return f"{FOLDER}{os.sep}{document_id(key)}"


def build_record(key: int, live: Publication, zone: ZoneInfo) -> SourceRecord:
    """Each publication is a version, in force from the day of its publication in ``zone``."""
    content = live.content
    fields = {
        "id": document_id(key),
        "kind": Kind.FAQ.value,
        "article_id": article_id(key),
        "title": content.title,
        "version": str(live.number),
        "effective_from": live.at.astimezone(zone).date().isoformat(),
        "symptom": content.symptom,
        "environment": content.environment,
        "cause": content.cause,
        "solution": content.solution,
        "product": content.product,
        "category": content.category,
        "product_version": content.product_version,
    }
    kept = {name: value for name, value in fields.items() if value}
    digest = sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode())
    return SourceRecord(document_id(key), "json-line", Origin(source_of(key)), kept, digest)


def version_and_day(record: SourceRecord) -> tuple[str, date]:
    """Under which version a record goes in, and since when that is in force."""
    assert not isinstance(record.content, str | bytes)
    return record.content["version"], date.fromisoformat(record.content["effective_from"])
