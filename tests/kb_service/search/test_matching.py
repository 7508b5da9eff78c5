"""In brief, a source has what a search within its limits finds."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from haystack import Document

from ingest.document import Kind
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.runtime import Runtime
from kb_service.search.matching import Matches, Source
from kb_service.search.models import SearchRequest, SearchResponse
from tests.conftest import RuntimeBuilder

T, F, M = Kind.TICKET, Kind.FAQ, Kind.MANUAL
QUERIES = ("打印机脱机，任务排队不动", "PRN-4711", "食堂今天吃什么")
CAUSES = ("驱动程序损坏", "打印队列卡住", "网线松动", "纸盒缺纸", "固件过旧，报 PRN-4711")
SOURCES = (
    Source([T], 20),
    Source([T], 2),
    Source([F], 6),
    Source([M], 6, products=["云打印"]),
    Source([F, M], 3),
    Source([T, F], 5, document_ids=["t0", "f1", "f2"]),
    Source([T], 1, document_ids=["t3"]),
    Source([M], 6, products=["没有的产品"]),
)


def lines() -> Iterator[dict[str, object]]:
    for number, cause in enumerate(CAUSES):
        symptom = f"第{number}台打印机显示脱机，打印任务一直排队，{cause}。"
        # Long enough that it is cut into several chunks.
        story = "".join(f"{place}、检查{cause}的第{place}处，记下打印机的状态与时间。" for place in range(1, 30))
        product = "云打印" if number % 2 else "衡川OA"
        yield {"id": f"t{number}", "kind": "ticket", "title": f"打印机脱机{number}", "product": product} | {
            "symptom": symptom,
            "diagnosis": story,
            "solution": f"处理{cause}后恢复。",
            "clearance": number,
        }
        for kind in (F, M):
            yield {"id": f"{kind[0]}{number}", "kind": kind.value, "title": f"打印机脱机怎么办：{cause}"} | {
                "product": product,
                "text": f"打印机脱机时先看{cause}。{kind}里写着第{number}种办法。",
            }


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    folder: Path = tmp_path_factory.mktemp("matching")
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines())
    (folder / "docs.jsonl").write_text(text, encoding="utf-8")
    opened = build_runtime(folder / "data")
    report = opened.indexer.ingest([folder / "docs.jsonl"])
    assert report.ok, report.failures
    yield opened
    opened.close()


def search(runtime: Runtime, query: str, source: Source, principal: Principal = LOOPBACK) -> SearchResponse:
    return runtime.search.search(SearchRequest(query=query, limit=source.limit, filters=source.filters), principal)


def told(found: Matches) -> list[tuple[object, ...]]:
    return [(one.document_id, one.score, one.kind, one.title, one.product, one.text) for one in found.matches]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("reader", [LOOPBACK, Principal("guest", 1)], ids=["all", "guest"])
def test_each_source_has_what_a_search_finds(runtime: Runtime, query: str, reader: Principal) -> None:
    found = runtime.search.find_matches(query, SOURCES, reader)
    assert len(found) == len(SOURCES)
    for source, matches in zip(SOURCES, found, strict=True):
        response = search(runtime, query, source, reader)
        wanted = [(hit.document_id, hit.score, hit.kind, hit.title, hit.product, hit.text) for hit in response.hits]
        assert told(matches) == wanted
        assert (matches.answered, matches.confidence) == (response.answered, response.confidence)
    assert [len(matches.matches) for matches in found[:3]] == ([5, 2, 5] if reader is LOOPBACK else [2, 2, 5])
    assert found[-1].matches == []


def test_sources_asked_together_are_sources_asked_alone(runtime: Runtime) -> None:
    together = runtime.search.find_matches(QUERIES[0], SOURCES, LOOPBACK)
    alone = [runtime.search.find_matches(QUERIES[0], [source], LOOPBACK)[0] for source in SOURCES]
    assert [told(one) for one in together] == [told(one) for one in alone]
    assert runtime.search.find_matches(QUERIES[0], [], LOOPBACK) == []


def test_a_ticket_and_a_faq_entry_come_whole_and_other_texts_by_their_chunk(runtime: Runtime) -> None:
    sources = [Source([kind], 1) for kind in (T, F, M)]
    [ticket], [faq], [manual] = (found.matches for found in runtime.search.find_matches("PRN-4711", sources, LOOPBACK))
    hit = search(runtime, "PRN-4711", Source([T], 1)).hits[0]
    assert hit.parent is not None
    assert ticket.whole == hit.parent.text
    assert ticket.text in ticket.whole
    assert "处理固件过旧" in ticket.whole
    assert faq.text in faq.whole
    assert (manual.parent_text, manual.whole) == (None, manual.text)


def test_what_leaves_the_index_meanwhile_is_passed_over(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source([F], 3)
    [before] = runtime.search.find_matches(QUERIES[0], [source], LOOPBACK)
    gone = before.matches[0]
    load = runtime.store.load_documents

    def load_others(ids: Sequence[str]) -> list[Document]:
        return [chunk for chunk in load(ids) if chunk.id != gone.chunk.id]

    monkeypatch.setattr(runtime.store, "load_documents", load_others)
    [after] = runtime.search.find_matches(QUERIES[0], [source], LOOPBACK)
    assert told(after) == told(before)[1:]
    hits = search(runtime, QUERIES[0], source).hits
    assert [hit.document_id for hit in hits] == [one.document_id for one in before.matches[1:]]
