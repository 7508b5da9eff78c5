"""Dify's external knowledge API over a small real index: its request, its answer, its errors."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.integrations.configuration import Integrations
from tests.conftest import CORPUS, RuntimeBuilder

API_KEY = "an-api-key-of-hengchuan"
ADDRESS = "/v1/integrations/dify/retrieval"
RIGHT = {"Authorization": f"Bearer {API_KEY}"}
QUESTION = "客户报修后多久必须响应"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    runtime = build_runtime(tmp_path_factory.mktemp("dify") / "data")
    sources = [
        CORPUS / "regulations" / "service-level.md",
        CORPUS / "faq" / "office.jsonl",
        CORPUS / "manuals" / "vpn-client.md",
    ]
    assert runtime.indexer.ingest(sources).ok
    runtime.__dict__["integrations"] = Integrations.build({"dify": {"api_key": API_KEY}})
    with TestClient(build_app(runtime), base_url="http://kb.hengchuan.example", client=("10.0.0.9", 50_000)) as asked:
        yield asked
    runtime.close()


def request(**changed: Any) -> dict[str, Any]:
    asked = {"knowledge_id": "all", "query": QUESTION, "retrieval_setting": {"top_k": 3, "score_threshold": 0.0}}
    return {**asked, **changed}


def retrieve(client: TestClient, **changed: Any) -> list[dict[str, Any]]:
    response = client.post(ADDRESS, json=request(**changed), headers=RIGHT)
    assert response.status_code == 200, response.text
    assert response.json().keys() == {"records"}
    records: list[dict[str, Any]] = response.json()["records"]
    return records


def error(response: Any, status: int, code: int) -> str:
    body = response.json()
    assert (response.status_code, body["error_code"]) == (status, code)
    assert body.keys() == {"error_code", "error_msg"}
    message: str = body["error_msg"]
    return message


def test_passages_come_in_dify_s_shape(client: TestClient) -> None:
    records = retrieve(client)
    assert len(records) == 3
    assert any("2 个工作小时" in record["content"] for record in records)
    scores = [record["score"] for record in records]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert scores[0] > 0.5
    for record in records:
        assert record.keys() == {"content", "score", "title", "metadata"}
        assert record["metadata"]["url"].startswith("/")
        assert record["metadata"]["citation"]


@pytest.mark.parametrize("kind", ["regulation", "faq", "manual"])
def test_a_knowledge_id_is_a_kind(client: TestClient, kind: str) -> None:
    assert {record["metadata"]["kind"] for record in retrieve(client, knowledge_id=kind)} == {kind}
    assert retrieve(client, knowledge_id="ticket") == []


def test_the_setting_limits_how_many_and_how_good(client: TestClient) -> None:
    assert len(retrieve(client, retrieval_setting={"top_k": 1})) == 1
    assert len(retrieve(client, retrieval_setting={"top_k": 5_000, "score_threshold": 0})) <= 50
    good = retrieve(client, retrieval_setting={"top_k": 10, "score_threshold": 0.6})
    assert all(record["score"] >= 0.6 for record in good)
    nonsense = {"query": "量子芝麻开门咒语", "retrieval_setting": {"top_k": 3, "score_threshold": 0.9}}
    assert retrieve(client, **nonsense) == []


def test_a_condition_limits_the_documents(client: TestClient) -> None:
    wanted = retrieve(client, knowledge_id="faq")[0]["metadata"]["document_id"]
    condition = {"conditions": [{"name": "document_id", "comparison_operator": "is", "value": wanted}]}
    records = retrieve(client, metadata_condition=condition)
    assert {record["metadata"]["document_id"] for record in records} == {wanted}
    several = {"conditions": [{"name": ["document_id"], "comparison_operator": "in", "value": [wanted, "none"]}]}
    assert retrieve(client, metadata_condition=several) == records
    assert retrieve(client, metadata_condition={"conditions": []})


@pytest.mark.parametrize(
    "comparison",
    [
        {"name": "author", "comparison_operator": "is", "value": "x"},
        {"name": "product", "comparison_operator": "contains", "value": "x"},
        {"name": "product", "comparison_operator": "is", "value": 3},
        {"name": "product", "comparison_operator": "is"},
        {"name": "product", "comparison_operator": "in", "value": []},
    ],
)
def test_a_condition_that_is_not_kept_is_refused_and_not_passed_over(
    client: TestClient, comparison: dict[str, Any]
) -> None:
    asked = request(metadata_condition={"conditions": [comparison]})
    assert "metadata_condition" in error(client.post(ADDRESS, json=asked, headers=RIGHT), 400, 400)


@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, 1001), ("", 1001), (API_KEY, 1001), ("Basic abc", 1001), ("Bearer ", 1001), ("Bearer wrong", 1002)],
)
def test_who_has_no_key_is_refused(client: TestClient, authorization: str | None, code: int) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    # The key comes first: without one nobody learns what a right request is.
    error(client.post(ADDRESS, content=b"{", headers=headers), 401, code)


def test_without_a_configured_key_nobody_has_one(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    monkeypatch.setattr(runtime.dify, "_access", None)
    error(client.post(ADDRESS, json=request(), headers=RIGHT), 401, 1002)


def test_wrong_requests_are_told_in_dify_s_shape(client: TestClient) -> None:
    assert "regulation" in error(client.post(ADDRESS, json=request(knowledge_id="news"), headers=RIGHT), 404, 2001)
    for body, told in (
        (b"{", "请求体"),
        (b"[]", "请求体"),
        (b'{"knowledge_id": "all"}', "query"),
        (to_json(request(query=" ")), "query"),
        (to_json(request(retrieval_setting={"top_k": 0})), "retrieval_setting.top_k"),
        (to_json(request(retrieval_setting={"top_k": 1, "score_threshold": 2})), "retrieval_setting.score_threshold"),
    ):
        assert told in error(client.post(ADDRESS, content=body, headers=RIGHT), 400, 400)


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_the_key_reads_what_the_file_says(client: TestClient) -> None:
    principal = client.app.state.runtime.dify.authorize(f"Bearer {API_KEY}")  # type: ignore[attr-defined]
    assert (principal.clearance, principal.departments) == (0, frozenset())


def test_no_passage_is_told_twice(client: TestClient) -> None:
    contents = [record["content"] for record in retrieve(client, retrieval_setting={"top_k": 20})]
    assert len(contents) > 5
    for number, content in enumerate(contents):
        assert not any(content in other for other in contents[:number])
