"""``/v1/documents`` over the real corpus."""

from fastapi.testclient import TestClient


def test_pages_hold_every_document_once(client: TestClient) -> None:
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 50}
    while True:
        page = client.get("/v1/documents", params=params).json()
        assert len(page["documents"]) <= 50
        seen += [item["document_id"] for item in page["documents"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sorted(set(seen))
    assert "regulations/support-team-rules" in seen
    assert len(seen) > 300


def test_kind_limits_the_list(client: TestClient) -> None:
    page = client.get("/v1/documents", params={"kind": "manual", "limit": 500}).json()
    assert len(page["documents"]) >= 10
    assert {item["kind"] for item in page["documents"]} == {"manual"}


def test_a_document_has_text_sections_and_versions(client: TestClient) -> None:
    document = client.get("/v1/documents/regulations/support-team-rules").json()
    article = next(s for s in document["sections"] if s["label"] == "第三章第十五条")
    assert document["text"][article["start_char"] : article["end_char"]].startswith("第十五条")
    parent = document["sections"][article["parent"]]
    assert parent["start_char"] <= article["start_char"] < article["end_char"] <= parent["end_char"]
    assert document["in_force"] is True
    assert (document["effective_from"], document["effective_to"]) == ("2025-07-01", None)


def test_the_version_in_force_is_the_default(client: TestClient) -> None:
    path = "/v1/documents/regulations/service-level"
    current = client.get(path).json()
    assert current["version"] == "2026"
    assert [(v["version"], v["in_force"]) for v in current["versions"]] == [("2026", True), ("2024", False)]
    older = client.get(path, params={"version": "2024"}).json()
    assert (older["version"], older["in_force"], older["effective_to"]) == ("2024", False, "2025-12-31")


def test_an_unknown_document_or_version_is_a_problem(client: TestClient) -> None:
    for path, code in (
        ("/v1/documents/nothing/here", "document-not-found"),
        ("/v1/documents/nothing/here/chunks", "document-not-found"),
        ("/v1/documents/regulations/service-level?version=1999", "version-not-found"),
    ):
        response = client.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"].endswith(code)


def test_chunks_are_the_text_at_their_offsets_in_order(client: TestClient) -> None:
    path = "/v1/documents/regulations/engineering-department"
    text = client.get(path).json()["text"]
    body = client.get(f"{path}/chunks").json()
    ends = [0]
    for ordinal, chunk in enumerate(body["chunks"]):
        citation = chunk["citation"]
        assert chunk["ordinal"] == ordinal
        assert text[citation["start_char"] : citation["end_char"]] == chunk["text"]
        assert citation["start_char"] >= ends[-1]
        ends.append(citation["end_char"])
    labels = [chunk["citation"]["label"] for chunk in body["chunks"]]
    assert "《管道工程部管理制度》（六）第4.12条" in labels


def test_a_ticket_keeps_its_fields(client: TestClient) -> None:
    page = client.get("/v1/documents", params={"kind": "ticket", "limit": 1}).json()
    ticket = client.get(f"/v1/documents/{page['documents'][0]['document_id']}").json()
    assert {"category", "priority", "channel", "line", "opened_at", "resolved_at"} <= ticket["attributes"].keys()
    assert [section["heading"] for section in ticket["sections"]] == ["现象", "环境", "诊断", "解决", "结果"]
