"""Outline, clauses, versions and their difference over the real corpus, and what parsing noticed in a bad source."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from tests.conftest import LOOPBACK_URL, OPERATOR_TOKEN, RuntimeBuilder

RULES = "/v1/documents/regulations/support-team-rules"
SERVICE_LEVEL = "/v1/documents/regulations/service-level"
DUTY = """值班管理办法
值班管理办法
第一条 为了让夜间也有人接听电话，制定本办法。
第二条 本办法适用于全体值班人员，实习人员除外。
第四条 交接班时双方当面清点钥匙和手机。
交接簿由双方签字。
第五条 本办法自发布之日起施行。
"""


def get(client: TestClient, path: str, **params: str) -> dict[str, Any]:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def duty(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    """A service over one regulation that lacks an article and prints its title twice."""
    folder = tmp_path_factory.mktemp("duty")
    (folder / "regulations").mkdir()
    (folder / "regulations" / "duty.txt").write_text(DUTY, encoding="utf-8")
    runtime = build_runtime(folder / "data")
    assert runtime.indexer.ingest([folder]).ok
    yield TestClient(build_app(runtime, OPERATOR_TOKEN), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000))
    runtime.close()


@pytest.mark.parametrize("path", [RULES, SERVICE_LEVEL, "/v1/documents/manuals/vpn-client"])
def test_every_clause_of_an_outline_verifies_and_lies_inside_its_parent(client: TestClient, path: str) -> None:
    text, outline = get(client, path)["text"], get(client, f"{path}/outline")
    clauses = {clause["clause_id"]: clause for clause in outline["clauses"]}
    assert len(clauses) == len(outline["clauses"]) > 5
    for clause in outline["clauses"]:
        assert digest(text[clause["start_char"] : clause["end_char"]]) == clause["sha256"]
        if clause["parent"] is not None:
            parent = clauses[clause["parent"]]
            assert parent["start_char"] <= clause["start_char"] < clause["end_char"] <= parent["end_char"]
            assert parent["level"] == clause["level"] - 1
        assert clause["citation"] == f"《{outline['title']}》{clause['label']}"


def test_an_article_knows_its_paragraphs_and_items(client: TestClient) -> None:
    clauses = {clause["clause_id"]: clause for clause in get(client, f"{RULES}/outline")["clauses"]}
    assert clauses["art_15"]["label"] == "第三章第十五条"
    assert clauses["art_15"]["atomic"] is True
    paragraph = clauses["art_15__para_2"]
    assert (paragraph["parent"], paragraph["label"]) == ("art_15", "第三章第十五条第二款")
    assert clauses["art_15__para_2__point_1"]["parent"] == "art_15__para_2"


def test_a_clause_is_addressed_by_its_id(client: TestClient) -> None:
    clause = get(client, f"{RULES}/clauses/art_15")
    citation = clause["citation"]
    assert clause["text"].startswith("第十五条")
    assert citation["label"] == "《技术支持组规章制度》第三章第十五条"
    assert digest(clause["text"]) == citation["sha256"]
    assert get(client, RULES)["text"][citation["start_char"] : citation["end_char"]] == clause["text"]
    assert citation["heading_path"] == ["第三章 工作职责", "第十五条"]
    assert client.get(citation["url"]).status_code == 200
    neighbours = clause["neighbours"]
    assert neighbours["parent"]["clause_id"] == "chp_3"
    assert (neighbours["previous"]["clause_id"], neighbours["next"]["clause_id"]) == ("art_14", "art_16")
    assert [child["clause_id"] for child in neighbours["children"]][:2] == ["art_15__para_1", "art_15__para_2"]
    assert get(client, f"{RULES}/clauses/chp_1")["neighbours"]["previous"] is None


def test_a_clause_as_of_a_day_comes_from_the_version_of_that_day(client: TestClient) -> None:
    path = f"{SERVICE_LEVEL}/clauses/cl_4.1"
    assert get(client, path)["version"] == "2026"
    older = get(client, path, on="2025-06-30")
    assert (older["version"], older["in_force"]) == ("2024", False)
    assert older == get(client, path, version="2024")


@pytest.mark.parametrize(
    ("path", "params", "code", "told"),
    [
        (f"{RULES}/clauses/art_99", {}, "clause-not-found", "art_99"),
        (f"{SERVICE_LEVEL}/clauses/cl_4.1", {"on": "2019-01-01"}, "not-in-force", "2019-01-01"),
        (f"{SERVICE_LEVEL}/outline", {"version": "1999"}, "version-not-found", "2026、2024"),
        (f"{SERVICE_LEVEL}/diff", {"from": "1999"}, "version-not-found", "2026、2024"),
        ("/v1/documents/no/such/outline", {}, "document-not-found", "no/such"),
        ("/v1/documents/no/such/versions", {}, "document-not-found", "no/such"),
        ("/v1/documents/no/such/diff", {"from": "1"}, "document-not-found", "no/such"),
        ("/v1/documents/no/such/clauses/art_1", {}, "document-not-found", "no/such"),
    ],
)
def test_what_is_not_there_is_a_problem(
    client: TestClient, path: str, params: dict[str, str], code: str, told: str
) -> None:
    response = client.get(path, params=params)
    assert response.status_code == 404
    assert response.json()["type"].endswith(code)
    assert told in response.json()["detail"]


def test_what_is_missing_and_what_was_left_out_is_told(duty: TestClient) -> None:
    outline = get(duty, "/v1/documents/regulations/duty/outline")
    [finding] = [one for one in outline["findings"] if one["code"] == "missing-number"]
    assert (finding["label"], finding["line"]) == ("第四条", 5)
    assert "第三条" in finding["message"]
    [removal] = outline["removed"]
    assert removal == {"reason": "repeated-title", "text": "值班管理办法", "line": 2, "page": None}
    document = get(duty, "/v1/documents/regulations/duty")
    assert document["findings"] == outline["findings"]
    assert document["removed_count"] == 1
    assert document["pages"] == []


def test_versions_come_with_their_days_the_latest_first(client: TestClient) -> None:
    versions = get(client, f"{SERVICE_LEVEL}/versions")["versions"]
    assert [(one["version"], one["in_force"]) for one in versions] == [("2026", True), ("2024", False)]
    assert versions[1]["effective_to"] == "2025-12-31"
    text = get(client, SERVICE_LEVEL, version="2024")["text"]
    outline = get(client, f"{SERVICE_LEVEL}/outline", version="2024")
    assert (versions[1]["chars"], versions[1]["clauses"]) == (len(text), len(outline["clauses"]))


def test_the_difference_leads_from_one_text_to_the_other(client: TestClient) -> None:
    difference = get(client, f"{SERVICE_LEVEL}/diff", **{"from": "2024", "to": "2026"})
    assert difference == get(client, f"{SERVICE_LEVEL}/diff", **{"from": "2024"})
    assert (difference["from_version"], difference["to_version"]) == ("2024", "2026")
    texts = {version: get(client, SERVICE_LEVEL, version=version)["text"] for version in ("2024", "2026")}
    for clause in difference["clauses"]:
        for side, version, left_out in (("before", "2024", "inserted"), ("after", "2026", "deleted")):
            wording = "".join(piece["text"] for piece in clause["pieces"] if piece["op"] != left_out)
            place = clause[side]
            assert wording == (texts[version][place["start_char"] : place["end_char"]] if place else "")
    assert sum(difference["counts"].values()) == len(difference["clauses"])
    [response_time] = [one for one in difference["clauses"] if one["after"] and one["after"]["label"] == "第4.1条"]
    assert response_time["change"] == "changed"
    assert response_time["after"]["citation"] == "《技术支持服务级别管理规定》第4.1条"


def test_a_version_does_not_differ_from_itself(client: TestClient) -> None:
    difference = get(client, f"{SERVICE_LEVEL}/diff", **{"from": "2026", "to": "2026"})
    assert {clause["change"] for clause in difference["clauses"]} == {"unchanged"}
