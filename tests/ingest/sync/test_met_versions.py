"""What a run has met, remembered in little room."""

import tracemalloc

from ingest.errors import Origin
from ingest.sync.met_versions import MetVersions


def test_the_first_place_is_told_of_a_version_met_again() -> None:
    met = MetVersions()
    assert met.meet("a", "1", Origin("x.jsonl", 7)) is None
    assert met.meet("a", "2", Origin("y.md")) is None
    assert met.meet("a", "1", Origin("y.md")) == Origin("x.jsonl", 7)
    assert met.meet("a", "2", Origin("x.jsonl", 8)) == Origin("y.md")
    assert met.holds("a", "1", "x.jsonl")
    assert not met.holds("a", "1", "y.md")
    assert not met.holds("b", "1", "x.jsonl")


def test_documents_of_a_file_are_counted_once() -> None:
    met = MetVersions()
    met.meet("a", "1", Origin("x"))
    met.meet("a", "1", Origin("x"))
    met.meet("a", "2025-01-01", Origin("x"), renamed=True)
    met.meet("b", "1", Origin("x"))
    assert (met.count("x"), met.count("y")) == (2, 0)
    assert met.holds("a", "2025-01-01", "x")


def test_a_version_costs_little() -> None:
    met = MetVersions()
    tracemalloc.start()
    for number in range(20_000):
        met.meet(f"some/longer/document-id-{number}", "2025-01-01", Origin("file.jsonl", number))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / 20_000 < 200
