"""Health, the OpenAPI document, headers, and who may ask."""

from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.runtime import Runtime
from tests.conftest import LOOPBACK_URL, OPERATOR_TOKEN


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_every_operation_has_an_id_and_search_an_example(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert {"search", "listDocuments", "getDocument", "listChunks", "healthz", "readyz"} <= set(ids)
    assert document["components"]["schemas"]["SearchRequest"]["examples"]
    assert "application/problem+json" in operations[0]["responses"]["422"]["content"]


def test_pages_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    for method, path, status in (("GET", "/v1/nothing", 404), ("GET", "/v1/search", 405)):
        response = client.request(method, path)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert f"地址“{path}”" in response.json()["detail"]
        assert "/openapi.json" in response.json()["detail"]


def test_a_body_in_another_encoding_is_refused_with_the_right_one(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    refused = client.post("/v1/search", content='{"query": "打印机"}'.encode("gbk"), headers=headers)
    assert (refused.status_code, refused.json()["title"]) == (400, "请求不符合要求")
    assert "UTF-8" in refused.json()["detail"]


def test_a_moment_without_a_zone_is_refused_with_one_that_can_be_copied(client: TestClient) -> None:
    """A plus sign of an address is a blank: whoever copies a moment with one gets nowhere."""
    refused = client.get("/v1/tickets?due_before=2026-11-26T09:00:00+08:00")
    assert refused.status_code == 422
    assert "%2B" in refused.json()["detail"]
    for moment in ("2026-11-26T01:00:00Z", "2026-11-26T09:00:00%2B08:00"):
        assert moment.replace("%2B", "+") in refused.json()["detail"]
        assert client.get(f"/v1/tickets?due_before={moment}").status_code == 200


def test_nobody_from_another_machine_may_ask(runtime: Runtime) -> None:
    app = build_app(runtime, OPERATOR_TOKEN)
    with TestClient(app, base_url=LOOPBACK_URL, client=("192.0.2.7", 50_000)) as stranger:
        response = stranger.post("/v1/search", json={"query": "响应时间"})
        assert response.status_code == 403
        assert response.headers["content-type"] == "application/problem+json"
        assert stranger.get("/v1/documents").status_code == 403


def test_a_foreign_name_that_points_here_is_refused(client: TestClient) -> None:
    for host, status in (("evil.example", 403), ("127.0.0.1:8000", 200), ("localhost:8000", 200), ("[::1]:8000", 200)):
        assert client.get("/v1/documents?limit=1", headers={"host": host}).status_code == status, host


def test_changes_need_the_operator_s_token(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer ключ".encode()}):
        for method, path in (
            ("POST", "/v1/ingestions"),
            ("POST", "/v1/rebuilds"),
            ("DELETE", "/v1/documents/faq-office-001"),
            ("GET", "/v1/status"),
        ):
            response = client.request(method, path, headers=headers, json={"paths": ["/"]})  # type: ignore[arg-type]
            assert response.status_code == 401, (method, path)
            assert response.headers["content-type"] == "application/problem+json"
    status = client.get("/v1/status", headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"})
    assert status.json()["consistent"] is True


def test_an_unexpected_error_tells_nothing_of_the_inside(runtime: Runtime) -> None:
    app = build_app(runtime, OPERATOR_TOKEN)

    @app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("inner secret")

    with TestClient(app, base_url=LOOPBACK_URL, client=("127.0.0.1", 1), raise_server_exceptions=False) as caller:
        response = caller.get("/v1/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "inner secret" not in response.text
