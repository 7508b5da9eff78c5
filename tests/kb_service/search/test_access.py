"""What a principal may not read is never a candidate, on either leg; the rule is the same everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.access.principal import LOOPBACK, Principal
from kb_service.errors import DocumentNotFoundError
from kb_service.knowledge import service as knowledge
from kb_service.runtime import Runtime
from kb_service.search.models import SearchRequest
from tests.conftest import RuntimeBuilder

TEXT = "机房巡检口令每季度更换一次，由值班组长保管。"
SHARES = {
    "open": {},
    "secret": {"clearance": 3},
    "sales": {"departments": ["售前支持组"]},
    "sales-secret": {"clearance": 3, "departments": ["售前支持组", "软件支持组"]},
}
READERS = {
    LOOPBACK: set(SHARES),
    Principal("guest"): {"open"},
    Principal("cleared", 3): {"open", "secret"},
    Principal("seller", 0, frozenset({"售前支持组"})): {"open", "sales"},
    Principal("chief", 5, frozenset({"软件支持组"})): {"open", "secret", "sales-secret"},
}


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    folder: Path = tmp_path_factory.mktemp("access")
    lines = [
        json.dumps({"id": name, "kind": "manual", "title": f"机房巡检 {name}", "text": TEXT, **fields})
        for name, fields in SHARES.items()
    ]
    (folder / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    opened = build_runtime(folder / "data")
    assert opened.indexer.ingest([folder / "docs.jsonl"]).ok
    yield opened
    opened.close()


@pytest.mark.parametrize(("reader", "readable"), READERS.items(), ids=lambda value: getattr(value, "name", ""))
def test_search_list_and_reader_agree(runtime: Runtime, reader: Principal, readable: set[str]) -> None:
    response = runtime.search.search(SearchRequest(query="机房巡检口令", explain=True), reader)
    # The texts are alike, so one is the hit and the others are its twins.
    [hit] = response.hits
    assert {hit.document_id, *(twin.document_id for twin in hit.twins)} == readable
    assert response.explanation is not None
    assert set(response.explanation.candidates.values()) == {len(readable)}
    today = runtime.today()
    page = knowledge.list_documents(runtime.catalogue, reader, today, kind=None, cursor=None, limit=10)
    assert {item.document_id for item in page.documents} == readable
    for name in SHARES:
        if name in readable:
            assert knowledge.get_document(runtime.catalogue, reader, today, name, None).text == TEXT
        else:
            for ask in (
                lambda asked: knowledge.get_document(runtime.catalogue, reader, today, asked, None),
                lambda asked: knowledge.get_outline(runtime.catalogue, reader, today, asked, None),
                lambda asked: knowledge.get_chunks(runtime.catalogue, reader, today, asked, None),
                lambda asked: knowledge.list_versions(runtime.catalogue, reader, today, asked),
                lambda asked: knowledge.get_difference(runtime.catalogue, reader, today, asked, "1", None),
                lambda asked: knowledge.get_clause(runtime.catalogue, reader, today, asked, "a", version=None, on=None),
            ):
                with pytest.raises(DocumentNotFoundError):
                    ask(name)
