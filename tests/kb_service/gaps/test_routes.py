"""Gaps over HTTP, with the real model: a search in vain becomes a gap, a gap an article, and the search is answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from tests.conftest import LOOPBACK_URL, RuntimeBuilder
from tests.kb_service.articles.stories import REVIEWER, WRITER
from tests.kb_service.articles.test_routes import act, post, problem

QUESTION = "蓝牙耳机连不上电脑怎么办"


@pytest.fixture
def client(tmp_path: Path, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    runtime = build_runtime(tmp_path / "data")
    with TestClient(build_app(runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        yield client
    runtime.close()


def test_from_a_search_in_vain_to_an_answer(client: TestClient) -> None:
    for query in (QUESTION, "电脑连不上蓝牙耳机", "年会在哪里开"):
        assert not post(client, "/v1/search", {"query": query})["answered"]
    post(client, "/v1/search", {"query": "别的问题", "filters": {"kinds": ["manual"]}})
    first, second = client.get("/v1/gaps").json()["gaps"]
    assert (first["count"], first["examples"]) == (2, [QUESTION, "电脑连不上蓝牙耳机"])
    assert second["examples"] == ["年会在哪里开"]
    dismissed = post(client, f"/v1/gaps/{second['gap_id']}/dismissal", {"actor": "组长", "reason": "与技术支持无关"})
    assert dismissed["state"] == "dismissed"

    body = {"actor": WRITER, "title": QUESTION, "solution": "长按电源键十秒清除配对记录，再在电脑上重新添加蓝牙设备"}
    created = client.post(f"/v1/gaps/{first['gap_id']}/draft", json=body)
    assert created.status_code == 201
    article = created.json()
    assert created.headers["Location"] == f"/v1/articles/{article['article_id']}"
    act(client, act(client, article, "submit", WRITER), "publish", REVIEWER)
    assert post(client, "/v1/search", {"query": QUESTION})["answered"]
    assert client.get("/v1/gaps").json()["gaps"] == []
    address = f"/v1/gaps/{first['gap_id']}/draft"
    assert problem(client.post(address, json=body), 409, "gap-decided")["article_id"] == article["article_id"]

    assert client.delete(f"/v1/gaps/{second['gap_id']}/dismissal").status_code == 204
    assert [gap["examples"] for gap in client.get("/v1/gaps").json()["gaps"]] == [["年会在哪里开"]]


def test_problems_and_bad_input(client: TestClient) -> None:
    problem(client.post("/v1/gaps/G9/draft", json={"actor": WRITER}), 404, "gap-not-found")
    problem(client.post("/v1/gaps/G9/dismissal", json={"actor": WRITER}), 422, "invalid-request")
    problem(client.get("/v1/gaps?state=lost"), 422, "invalid-request")
    problem(client.get("/v1/gaps?days=0"), 422, "invalid-request")
    assert client.get("/v1/gaps/tickets").json() == {"groups": []}
    problem(client.get("/v1/gaps", headers={"Host": "kb.example"}), 403, "forbidden")
