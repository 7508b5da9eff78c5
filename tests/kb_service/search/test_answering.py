"""The words that answer are quoted from the document, and their offsets find them again."""

import hashlib
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.document import Kind
from ingest.sparse_encoder import SparseEncoder
from ingest.tokenizer import Tokenizer
from kb_service.search.answering import find_range
from kb_service.search.query_analysis import AnalyzedQuery, analyze_query
from kb_service.search.thesaurus import Thesaurus


@pytest.fixture(scope="module")
def encoder() -> SparseEncoder:
    return SparseEncoder(Tokenizer())


def quoted(text: str, query: str, encoder: SparseEncoder, kind: Kind = Kind.MANUAL) -> str | None:
    analyzed: AnalyzedQuery = analyze_query(query, encoder, Thesaurus())
    found = find_range(text, kind, analyzed)
    return text[slice(*found)] if found else None


ROWS = "代码：PPR-5001；含义：没有打印机；处理：指定默认打印机\n代码：PPR-5003；含义：找不到纸张；处理：新建同名纸张\n"
TICKET = "现象\n打印机不出纸，屏幕报缺纸。\n诊断\n搓纸轮打滑。\n解决\n1. 清洁搓纸轮；\n2. 重新装纸。\n\n结果\n恢复。\n"


def test_a_code_keeps_the_remedy_of_its_row(encoder: SparseEncoder) -> None:
    assert quoted(ROWS, "ppr5003", encoder) == "代码：PPR-5003；含义：找不到纸张；处理：新建同名纸张"


def test_of_a_ticket_it_is_the_whole_solution_however_like_the_complaint_is(encoder: SparseEncoder) -> None:
    assert quoted(TICKET, "打印机不出纸，屏幕报缺纸", encoder, Kind.TICKET) == "1. 清洁搓纸轮；\n2. 重新装纸。"
    without = TICKET[: TICKET.index("解决")]
    assert quoted(without, "打印机不出纸", encoder, Kind.TICKET) == "搓纸轮打滑。"


def test_of_an_article_too(encoder: SparseEncoder) -> None:
    article = TICKET.partition("\n结果")[0].replace("诊断", "原因")
    assert quoted(article, "打印机不出纸，屏幕报缺纸", encoder, Kind.FAQ) == "1. 清洁搓纸轮；\n2. 重新装纸。"
    # Another FAQ may speak of a solution without being told in parts.
    plain = "打印机不出纸怎么办\n" + article
    assert quoted(plain, "打印机不出纸，屏幕报缺纸", encoder, Kind.FAQ) == "打印机不出纸，屏幕报缺纸。"


def test_the_sentence_that_says_most_of_the_query(encoder: SparseEncoder) -> None:
    text = "工单分四级。P1 工单立即响应，P2 工单两小时内响应。满意度另行规定。"
    assert quoted(text, "P2 工单多久响应", encoder) == "P1 工单立即响应，P2 工单两小时内响应。"


def test_a_number_belongs_to_what_follows_it(encoder: SparseEncoder) -> None:
    assert quoted("步骤如下\n1. 更换电池。\n2. 校准时间。\n", "校准时间", encoder) == "2. 校准时间。"


@pytest.mark.parametrize("text", ["", "\n\n", "——\n。"])
def test_a_text_without_words_answers_nothing(encoder: SparseEncoder, text: str) -> None:
    assert quoted(text, "校准时间", encoder) is None


def post(client: TestClient, query: str, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/search", json={"query": query, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("query", ["PPR-5003", "客户报修后多久必须响应", "打印凭证提示找不到模板", "断网缓存没补全"])
def test_offsets_and_digest_find_the_answer_again(client: TestClient, query: str) -> None:
    for hit in post(client, query)["hits"]:
        answer = hit["answer"]
        address = f"/v1/documents/{answer['document_id']}"
        document = client.get(address, params={"version": answer["version"]}).json()
        assert document["text"][answer["start_char"] : answer["end_char"]] == answer["text"]
        assert hashlib.sha256(answer["text"].encode()).hexdigest() == answer["sha256"]
        if answer["start"] is not None:
            assert hit["text"][answer["start"] : answer["end"]] == answer["text"]


def test_the_solution_is_quoted_where_the_complaint_was_found(client: TestClient) -> None:
    hits = post(client, "断网61个小时数据只补回来20多个小时", filters={"kinds": ["ticket"]})["hits"]
    assert hits[0]["text"].startswith("现象")
    assert any(hit["answer"]["start"] is None and "解决" not in hit["text"] for hit in hits)


def test_a_named_clause_is_quoted_whole(client: TestClient) -> None:
    answer = post(client, "保密规定第27条第2项")["hits"][0]["answer"]
    assert answer["label"].endswith("第二十七条第一款第（二）项")
    assert answer["text"].startswith("（二）")
    assert answer["text"].endswith("；")


def test_what_is_not_answered_quotes_nothing(client: TestClient) -> None:
    body = post(client, "食堂今天中午吃什么")
    assert body["answered"] is False
    assert all(hit["answer"] is None for hit in body["hits"])


def test_an_empty_result_tells_which_limit_left_nothing(client: TestClient) -> None:
    filters = {"effective_on": str(date(1999, 1, 1)), "kinds": ["regulation"]}
    body = post(client, "请假", filters=filters)  # one request tells it, so that a search is noted once
    assert body["hits"] == []
    limits = body["explanation"]["limits"]
    assert [limit["name"] for limit in limits] == ["access", "effective_on", "kinds"]
    assert limits[0]["chunks"] > limits[1]["chunks"] > limits[2]["chunks"] == 0
    assert post(client, "请假", explain=True)["explanation"]["limits"] == []
