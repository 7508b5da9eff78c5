"""Articles over HTTP, with the real model and index: from a solved ticket to a search that finds its lesson."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.errors import PROBLEM_JSON
from tests.conftest import LOOPBACK_URL, RuntimeBuilder
from tests.kb_service.articles.stories import REVIEWER, WRITER

QUESTION = "点了打印凭证却说找不到模板，怎么办"


@pytest.fixture
def client(tmp_path: Path, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    runtime = build_runtime(tmp_path / "data")
    with TestClient(build_app(runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        yield client
    runtime.close()


def post(client: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.is_success, response.text
    answer: dict[str, Any] = response.json()
    return answer


def act(client: TestClient, article: dict[str, Any], action: str, actor: str, **fields: Any) -> dict[str, Any]:
    request = {"action": action, "sequence": article["sequence"], "actor": actor, **fields}
    return post(client, f"/v1/articles/{article['article_id']}/actions", request)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == PROBLEM_JSON
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:kb-service:problem:{code}"
    return body


def solve(client: TestClient, **more: Any) -> str:
    new = {"title": "打印凭证提示找不到模板", "customer": "星河精工有限公司", "channel": "电话", "actor": "小林"}
    told = {"description": "星河精工来电：点打印凭证后提示找不到模板，联系电话 13812345678"}
    ticket = post(client, "/v1/tickets", {**new, **told, **more})
    steps: list[tuple[str, dict[str, Any]]] = [
        ("triage", {"category": "打印输出", "priority": "P3"}),
        ("assign", {"assignee": WRITER}),
        ("start", {}),
        ("resolve", {"cause": "没有绑定模板", "solution": "在模板分配中绑定凭证模板", "minutes_worked": 20}),
    ]
    for action, fields in steps:
        body = {"action": action, "sequence": ticket["sequence"], "actor": WRITER, **fields}
        ticket = post(client, f"/v1/tickets/{ticket['ticket_id']}/actions", body)
    return str(ticket["ticket_id"])


def test_from_a_solved_ticket_to_the_search_and_back(client: TestClient) -> None:
    created = client.post("/v1/articles", json={"ticket_id": solve(client), "actor": WRITER})
    assert created.status_code == 201
    assert created.headers["Location"] == "/v1/articles/A1"
    article = act(client, created.json(), "submit", WRITER)
    address = "/v1/articles/A1/actions"
    own = {"action": "publish", "sequence": article["sequence"], "actor": WRITER}
    assert problem(client.post(address, json=own), 403, "own-article")["writers"] == [WRITER]
    assert post(client, "/v1/search", {"query": QUESTION})["hits"] == []
    article = act(client, article, "publish", REVIEWER)
    assert article["searchable"]

    found = post(client, "/v1/search", {"query": QUESTION})
    assert found["answered"]
    [hit] = found["hits"]
    assert (hit["document_id"], hit["title"], hit["kind"]) == ("article-1", "打印凭证提示找不到模板", "faq")
    assert hit["answer"]["text"] == "在模板分配中绑定凭证模板"
    assert "星河" not in hit["text"]
    assert "13812345678" not in hit["text"]
    document = client.get(f"/v1/documents/{hit['document_id']}").json()
    assert document["attributes"]["article_id"] == article["article_id"]

    article = act(client, article, "archive", WRITER, reason="新版本已自动绑定")
    assert post(client, "/v1/search", {"query": QUESTION})["hits"] == []
    assert client.get("/v1/articles/A1").json() == article
    events = client.get("/v1/articles/A1/events").json()["events"]
    assert [event["action"] for event in events] == ["create", "submit", "publish", "archive"]
    assert client.get("/v1/articles", params={"state": "archived"}).json()["articles"] == [article]
    assert client.get("/v1/articles", params={"live": True}).json()["articles"] == []


def test_what_should_be_looked_at_again(client: TestClient) -> None:
    body = {"title": "网盘不同步", "symptom": "文件夹里的文件一直不同步到网盘，图标打叉", "actor": WRITER}
    steps = {"solution": "退出网盘后重新登录，等图标变绿后再打开文件夹，仍不行就清空缓存"}
    made = []
    for _ in range(2):
        article = act(client, post(client, "/v1/articles", {**body, **steps}), "submit", WRITER)
        made.append(act(client, article, "publish", REVIEWER, review_due_at="2026-01-01T00:00:00Z"))
    flagged = act(client, made[0], "flag", WRITER, flag="duplicate", reason="与 A2 重复")
    lists = client.get("/v1/articles/review").json()
    assert [one["article_id"] for one in lists["overdue"]] == ["A1", "A2"]
    assert lists["flagged"] == [flagged]
    assert lists["unused"] == []
    [group] = lists["duplicates"]
    assert [one["document_id"] for one in group["documents"]] == ["article-1", "article-2"]
    confirmed = act(client, flagged, "confirm", REVIEWER)
    assert confirmed["flags"] == []
    lists = client.get("/v1/articles/review").json()
    assert [one["article_id"] for one in lists["overdue"]] == ["A2"]
    assert lists["flagged"] == []


def test_using_an_article_is_counted(client: TestClient) -> None:
    article = act(client, post(client, "/v1/articles", {"ticket_id": solve(client), "actor": WRITER}), "submit", WRITER)
    act(client, article, "publish", REVIEWER)
    link = {"action": "link", "ticket_id": solve(client), "actor": REVIEWER}
    linked = post(client, "/v1/articles/A1/actions", link)
    assert (linked["linked_tickets"], linked["reuse_count"]) == (["T2"], 1)
    problem(client.post("/v1/articles/A1/actions", json=link), 409, "ticket-link")


def test_a_ticket_that_is_written_down_leads_to_its_article(client: TestClient) -> None:
    ticket_id = solve(client)
    article = post(client, "/v1/articles", {"ticket_id": ticket_id, "actor": WRITER})
    told = problem(client.post("/v1/articles", json={"ticket_id": ticket_id, "actor": WRITER}), 409, "article-exists")
    assert told["article_ids"] == ["A1"]
    assert client.get("/v1/articles", params={"source_ticket": ticket_id}).json()["articles"] == [article]
    assert client.get("/v1/articles", params={"source_ticket": "T99"}).json()["articles"] == []


def test_a_better_way_leads_to_the_article_that_should_have_it(client: TestClient) -> None:
    text = {"title": "打印凭证提示找不到模板", "symptom": "点打印凭证后提示找不到模板", "solution": "绑定凭证模板"}
    article = act(client, post(client, "/v1/articles", {**text, "actor": WRITER}), "submit", WRITER)
    act(client, article, "publish", REVIEWER)

    def judge(outcome: str, **more: str) -> None:
        suggestion = post(client, "/v1/suggestions", {"title": QUESTION, "external_id": "INC-1"})
        body = {"document_id": "article-1", "outcome": outcome, "actor": WRITER, **more}
        post(client, f"/v1/suggestions/{suggestion['suggestion_id']}/feedback", body)

    judge("edited", text="先重启打印服务，再绑定凭证模板")
    [solution] = post(client, "/v1/suggestions", {"title": QUESTION})["solutions"]
    assert solution["solution"] == "绑定凭证模板"
    document = client.get("/v1/documents/article-1").json()["text"]
    assert document[solution["citation"]["start_char"] : solution["citation"]["end_char"]] == "绑定凭证模板"
    evidence = solution["evidence"]
    assert evidence["similar_symptom"] == "点打印凭证后提示找不到模板"
    assert [one["text"] for one in evidence["edits"]] == ["先重启打印服务，再绑定凭证模板"]
    [edit] = client.get("/v1/articles/A1/findings").json()["edits"]
    assert (edit["text"], edit["external_id"]) == (evidence["edits"][0]["text"], "INC-1")
    problem(client.get("/v1/articles/A9/findings"), 404, "article-not-found")
    lists = client.get("/v1/articles/review").json()
    assert [one["article_id"] for one in lists["edited"]] == ["A1"]
    assert lists["contradicted"] == []


def test_the_names_are_told(client: TestClient) -> None:
    told = client.get("/v1/articles/workflow").json()
    assert {"value": "draft", "name": "草稿"} in told["states"]


def test_problems_say_what_to_do(client: TestClient) -> None:
    problem(client.get("/v1/articles/A9"), 404, "article-not-found")
    problem(client.post("/v1/articles", json={"ticket_id": "T9", "actor": WRITER}), 404, "ticket-not-found")
    ticket = {"title": "断网", "customer": "甲厂", "channel": "电话", "actor": "小林"}
    post(client, "/v1/tickets", ticket)
    problem(client.post("/v1/articles", json={"ticket_id": "T1", "actor": WRITER}), 409, "ticket-not-solved")
    article = post(client, "/v1/articles", {"title": "断网", "symptom": "断网", "actor": WRITER})
    address = "/v1/articles/A1/actions"
    missing = client.post(address, json={"action": "submit", "sequence": 1, "actor": WRITER})
    assert problem(missing, 422, "missing-fields")["fields"] == ["solution"]
    act(client, article, "edit", WRITER, solution="重启")
    stale = client.post(address, json={"action": "submit", "sequence": 1, "actor": WRITER})
    assert problem(stale, 409, "stale-article")["sequence"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"title": "只有标题"},
        {"ticket_id": "12"},
        {"title": "a", "symptom": ""},
        {"title": "a", "symptom": "b\x00"},
        {"title": "a", "symptom": "b", "colour": "red"},
        {"title": "a", "symptom": "b", "source_tickets": ["x"]},
    ],
)
def test_what_is_no_request_is_refused_and_leaves_nothing(client: TestClient, wrong: dict[str, Any]) -> None:
    problem(client.post("/v1/articles", json={"actor": WRITER, **wrong}), 422, "invalid-request")
    assert client.get("/v1/articles").json() == {"articles": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["cursor=T1", "source_ticket=A1", "limit=0", "state=lost", "live=maybe"])
def test_what_cannot_be_asked_for_is_refused(client: TestClient, query: str) -> None:
    body = problem(client.get(f"/v1/articles?{query}"), 422, "invalid-request")
    assert body["errors"][0]["field"].split(".")[0] == query.partition("=")[0]


def test_only_this_machine_is_answered(client: TestClient) -> None:
    for method, path in (("GET", "/v1/articles"), ("POST", "/v1/articles"), ("GET", "/v1/articles/review")):
        problem(client.request(method, path, headers={"Host": "kb.example"}, json={}), 403, "forbidden")
