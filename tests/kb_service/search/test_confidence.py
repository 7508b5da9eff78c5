"""What is asked beyond the texts is told apart from what they answer, on the real corpus."""

import pytest
from fastapi.testclient import TestClient

from kb_service.search.confidence import CALIBRATION, Calibration, Signals, confidence

CALM = Signals(2.0, 0.3, 0.5, 0.5, 0.3, 0.0, 0.0, 2.0)


def ask(client: TestClient, query: str, **more: object) -> dict[str, object]:
    response = client.post("/v1/search", json={"query": query, **more})
    assert response.status_code == 200
    body: dict[str, object] = response.json()
    return body


@pytest.mark.parametrize(
    "query",
    ["客户报修后多久必须响应", "PPR-9087", "打印凭证提示找不到模板", "保密规定第27条第2项", "网盘里出现冲突副本"],
)
def test_what_the_texts_answer_is_answered(client: TestClient, query: str) -> None:
    body = ask(client, query)
    assert body["answered"] is True
    assert float(str(body["confidence"])) >= CALIBRATION.threshold


@pytest.mark.parametrize("query", ["食堂今天中午吃什么", "世界杯决赛几点开始", "asdf", "怎么炒股票能赚钱"])
def test_what_they_do_not_is_said_to_be_unanswered_and_the_closest_is_still_shown(
    client: TestClient, query: str
) -> None:
    body = ask(client, query)
    assert body["answered"] is False
    assert float(str(body["confidence"])) < CALIBRATION.threshold
    assert body["hits"]


def test_the_explanation_tells_what_the_confidence_rests_on(client: TestClient) -> None:
    body = ask(client, "食堂今天中午吃什么", explain=True)
    explanation = body["explanation"]
    assert isinstance(explanation, dict)
    signals = Signals(**explanation["signals"])
    assert confidence(signals) == pytest.approx(float(str(body["confidence"])), abs=0.002)
    assert explanation["threshold"] == CALIBRATION.threshold


def test_a_hit_is_the_sum_of_its_told_parts(client: TestClient) -> None:
    body = ask(client, "ppr 9087 怎么处理", explain=True)
    hits = body["hits"]
    assert isinstance(hits, list)
    for hit in hits:
        assert sum(hit["explanation"]["parts"].values()) == pytest.approx(hit["score"], abs=0.001)
    assert hits[0]["explanation"]["parts"]["identifiers"] > 0


def test_more_of_the_query_found_makes_it_surer() -> None:
    fuller = Signals(2.0, 0.3, 0.9, 0.9, 0.3, 0.0, 0.0, 2.0)
    unmet = Signals(2.0, 0.3, 0.5, 0.5, 0.3, 1.0, 0.0, 2.0)
    assert confidence(unmet) < confidence(CALM) < confidence(fuller)
    assert confidence(CALM, Calibration((0.0,) * 8, 0.0, 0.5)) == 0.5
