"""``POST /v1/search`` over the real corpus: the contract, the filters, the order."""

import csv
import hashlib
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from fastapi.testclient import TestClient

from ingest.document import Kind
from tests.conftest import ROOT


def post(client: TestClient, query: str, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/search", json={"query": query, **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_rule_is_found_by_everyday_words_and_cited(client: TestClient) -> None:
    body = post(client, "客户报修后多久必须响应", filters={"kinds": ["regulation"]})
    assert body["answered"] is True
    passages = [passage for hit in body["hits"][:3] for passage in (hit, *hit["more"])]
    assert any("2 个工作小时" in passage["text"] for passage in passages)


def test_the_contract_fields_are_there(client: TestClient) -> None:
    body = post(client, "请假要提前多久", limit=3)
    assert {"search_id", "answered", "hits", "took_ms"} <= body.keys()
    assert [hit["rank"] for hit in body["hits"]] == [1, 2, 3]
    for hit in body["hits"]:
        assert {"rank", "score", "document_id", "chunk_id", "kind", "title", "text", "citation"} <= hit.keys()
        citation = hit["citation"]
        assert citation.keys() == {
            "label",
            "document_id",
            "version",
            "heading_path",
            "start_char",
            "end_char",
            "url",
            "clause_id",
            "sha256",
            "page",
        }


def test_every_citation_can_be_opened_and_checked(client: TestClient) -> None:
    for query in ("请假要提前多久", "VPN 连不上", "焊口不合格", "打印机脱机"):
        for hit in post(client, query)["hits"]:
            for passage in (hit, *hit["more"]):
                citation = passage["citation"]
                document = client.get(
                    f"/v1/documents/{citation['document_id']}", params={"version": citation["version"]}
                ).json()
                assert document["text"][citation["start_char"] : citation["end_char"]] == passage["text"]
                assert hashlib.sha256(passage["text"].encode()).hexdigest() == citation["sha256"]
                assert document["title"] in citation["label"]
                url = urlsplit(citation["url"])
                assert unquote(url.path) == f"/documents/{citation['document_id']}"
                assert url.fragment == f"c{citation['start_char']}-{citation['end_char']}"
                assert client.get(citation["url"]).headers["content-type"].startswith("text/html")


def test_a_passage_names_the_clause_it_stands_in(client: TestClient) -> None:
    for hit in post(client, "工作日志 报告", filters={"kinds": ["regulation"]})["hits"]:
        citation = hit["citation"]
        if citation["clause_id"]:
            path = f"/v1/documents/{citation['document_id']}/clauses/{citation['clause_id']}"
            clause = client.get(path, params={"version": citation["version"]}).json()
            assert hit["text"] in clause["text"]
            assert clause["citation"]["label"] == citation["label"]


def test_the_section_around_a_piece_comes_with_it(client: TestClient) -> None:
    hits = post(client, "热熔焊机 SDR11 焊接参数", filters={"kinds": ["manual"]}, limit=20)["hits"]
    with_parent = [hit for hit in hits if hit["parent"]]
    assert with_parent
    for hit in with_parent:
        parent, citation = hit["parent"], hit["parent"]["citation"]
        text = client.get(f"/v1/documents/{hit['document_id']}").json()["text"]
        assert text[citation["start_char"] : citation["end_char"]] == parent["text"]
        assert hashlib.sha256(parent["text"].encode()).hexdigest() == citation["sha256"]
        offset = hit["citation"]["start_char"] - citation["start_char"]
        assert parent["text"][offset : offset + len(hit["text"])] == hit["text"]
        assert len(parent["text"]) > len(hit["text"])


def test_an_article_found_whole_needs_no_parent(client: TestClient) -> None:
    hit = post(client, "如实记录问题和解决方案", filters={"document_ids": ["regulations/support-team-rules"]})["hits"][
        0
    ]
    assert hit["parent"] is None


def code_queries() -> list[tuple[str, set[str]]]:
    with (ROOT / "eval" / "labels" / "code_queries.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))[1:]
    return [(query, set(documents.split(","))) for query, documents in rows]


@pytest.mark.parametrize(("query", "documents"), code_queries())
def test_the_document_with_the_code_comes_first(client: TestClient, query: str, documents: set[str]) -> None:
    assert post(client, query)["hits"][0]["document_id"] in documents


def test_the_same_request_gives_the_same_answer(client: TestClient) -> None:
    first, second = (post(client, "工单升级到二线要带什么", limit=20)["hits"] for _ in range(2))
    assert first == second


def test_documents_are_folded_and_each_comes_once(client: TestClient) -> None:
    body = post(client, "响应时间", limit=20)
    ids = [hit["document_id"] for hit in body["hits"]]
    assert len(ids) == len(set(ids))
    folded = [passage for hit in body["hits"] for passage in hit["more"]]
    assert folded
    assert all(p["citation"]["document_id"] == hit["document_id"] for hit in body["hits"] for p in hit["more"])


def test_inside_one_document_passages_stand_alone(client: TestClient) -> None:
    asked = "regulations/service-level"
    body = post(client, "响应时间", filters={"document_ids": [asked]})
    assert {hit["document_id"] for hit in body["hits"]} == {asked}
    assert len(body["hits"]) > 3


@pytest.mark.parametrize("kind", list(Kind))
def test_kinds_limit_the_hits(client: TestClient, kind: Kind) -> None:
    hits = post(client, "VPN 无法连接", filters={"kinds": [kind.value]})["hits"]
    assert hits
    assert {hit["kind"] for hit in hits} == {kind.value}


def test_products_limit_the_hits(client: TestClient) -> None:
    hits = post(client, "无法登录", filters={"products": ["衡川VPN"]})["hits"]
    assert hits
    assert {hit["product"] for hit in hits} == {"衡川VPN"}


def test_a_superseded_version_answers_only_for_its_own_days(client: TestClient) -> None:
    filters = {"document_ids": ["regulations/service-level"]}
    today = post(client, "响应时间", filters=filters)["hits"]
    assert {hit["citation"]["version"] for hit in today} == {"2026"}
    then = post(client, "响应时间", filters={**filters, "effective_on": "2025-06-30"})["hits"]
    assert {hit["citation"]["version"] for hit in then} == {"2024"}
    assert {(hit["in_force"], hit["effective_to"]) for hit in then} == {(False, "2025-12-31")}
    assert {(hit["in_force"], hit["effective_to"]) for hit in today} == {(True, None)}
    assert post(client, "响应时间", filters={**filters, "effective_on": "2019-01-01"})["hits"] == []


def test_an_empty_answer_says_so(client: TestClient) -> None:
    body = post(client, "响应时间", filters={"products": ["没有这个产品"]})
    assert (body["answered"], body["hits"]) == (False, [])


def test_explain_tells_terms_ranks_and_filters(client: TestClient) -> None:
    body = post(client, "PPR-9087 打印失败", explain=True)
    explanation = body["explanation"]
    assert "ppr9087" in explanation["identifiers"]
    assert {"ppr9087", "9087", "打印"} <= set(explanation["terms"])
    assert explanation["candidates"]["dense"] >= 50
    assert explanation["candidates"]["sparse"] >= 50
    assert str(date.today().year) in str(explanation["filters"])
    why = body["hits"][0]["explanation"]
    assert why["identifiers"] == ["ppr9087"]
    assert isinstance(why["sparse_rank"], int)
    assert post(client, "PPR-9087")["hits"][0]["explanation"] is None


def test_highlights_mark_the_query_s_words(client: TestClient) -> None:
    hit = post(client, "ppr 9087")["hits"][0]
    marked = {hit["text"][span["start"] : span["end"]] for span in hit["highlights"]}
    assert any("9087" in text for text in marked)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": ""}, "query"),
        ({"query": "   "}, "query"),
        ({"query": "长" * 4001}, "query"),
        ({}, "query"),
        ({"query": "x", "limit": 0}, "limit"),
        ({"query": "x", "limit": 51}, "limit"),
        ({"query": "x", "filters": {"kinds": ["faqs"]}}, "filters.kinds.0"),
        ({"query": "x", "filters": {"kind": ["faq"]}}, "filters.kind"),
        ({"query": "x", "filters": {"effective_on": "2026-13-01"}}, "filters.effective_on"),
        ({"query": "x", "unknown": 1}, "unknown"),
    ],
)
def test_a_bad_request_names_the_field(client: TestClient, body: dict[str, Any], field: str) -> None:
    response = client.post("/v1/search", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 422
    assert field in [error["field"] for error in problem["errors"]]
    assert problem["detail"]


def test_a_body_that_is_no_json_is_a_problem_too(client: TestClient) -> None:
    response = client.post("/v1/search", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["长" * 4000, "！？。", "\"'(){}[]*+?|\\", "cat AND OR NOT", "的", "😀 표 №", "\u202e0x80"]
)
def test_no_query_breaks_the_search(client: TestClient, query: str) -> None:
    assert isinstance(post(client, query)["hits"], list)
