"""The search page as its users meet it: asking, narrowing, going back, and what can go wrong."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.kb_service.web.conftest import Visitor

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

QUESTION = "客户报修后多久必须响应"
SEARCH = "**/v1/search"


def ask(api: httpx.Client, **request: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api.post("/v1/search", json=request).raise_for_status().json()
    return answer


def document_ids(visitor: Visitor) -> list[str | None]:
    return [hit.get_attribute("data-document-id") for hit in visitor.hits.all()]


def parameters(visitor: Visitor) -> dict[str, list[str]]:
    return parse_qs(urlsplit(visitor.page.url).query)


def highlighted(hit: dict[str, Any]) -> set[int]:
    return {at for part in hit["highlights"] for at in range(part["start"], part["end"])}


def test_first_visit_offers_examples(visitor: Visitor) -> None:
    visitor.open("/")
    expect(visitor.find("#query")).to_be_focused()
    examples = visitor.find(".example")
    assert examples.count() >= 3
    assert not [one for one in visitor.requests if "/v1/" in one.url]

    example = examples.first.inner_text()
    examples.first.click()
    expect(visitor.hits.first).to_be_visible()
    expect(visitor.find("#query")).to_have_value(example)
    expect(visitor.find("#welcome")).to_be_hidden()
    assert parameters(visitor) == {"q": [example]}


def test_typing_and_enter_shows_what_the_service_answers(visitor: Visitor, api: httpx.Client) -> None:
    visitor.open("/")
    visitor.page.keyboard.type(QUESTION)
    visitor.page.keyboard.press("Enter")

    answer = ask(api, query=QUESTION, limit=10)
    expect(visitor.find("#status")).to_contain_text(f"找到 {len(answer['hits'])} 条结果")
    expect(visitor.page).to_have_title(f"{QUESTION} - 技术支持知识库")
    assert document_ids(visitor) == [hit["document_id"] for hit in answer["hits"]]
    for shown, hit in zip(visitor.hits.all(), answer["hits"], strict=True):
        citation = shown.locator(".hit-citation")
        assert citation.inner_text() == hit["citation"]["label"]
        assert citation.get_attribute("href") == hit["citation"]["url"]
        assert shown.locator(".hit-title").inner_text() == hit["title"]
        assert shown.locator(".hit-more > ul > li").count() == len(hit["more"])
        marks = "".join(shown.locator(".passage-text").first.locator("mark").all_text_contents())
        assert marks == "".join(char for at, char in enumerate(hit["text"]) if at in highlighted(hit))
    assert visitor.find(".passage-text mark").count() > 0


def test_the_answer_stands_above_its_passage_and_leads_to_its_place(visitor: Visitor, api: httpx.Client) -> None:
    visitor.search("PPR-5003")
    hit = ask(api, query="PPR-5003", limit=10)["hits"][0]
    shown = visitor.hits.first
    assert shown.locator(".answer-text").inner_text() == hit["answer"]["text"]
    passage = shown.locator(".passage-text").first
    assert "".join(passage.locator(".answer-range").all_text_contents()) == hit["answer"]["text"]
    assert passage.locator(".answer-range mark").count() > 0

    shown.locator(".answer-link").click()
    expect(visitor.page).to_have_url(f"{visitor.url}{hit['answer']['url']}")
    expect(visitor.find(".cited").first).to_be_in_viewport()


def test_what_is_not_answered_shows_no_answer(visitor: Visitor) -> None:
    visitor.search("食堂今天中午吃什么")
    expect(visitor.find("#notice")).to_be_visible()
    assert visitor.find(".answer").count() == 0


def test_an_empty_result_says_which_limit_left_nothing(visitor: Visitor) -> None:
    visitor.open("/?q=请假&kind=regulation&on=1999-01-01")
    expect(visitor.find("#empty-why")).to_be_visible()
    assert "所选类型 0 段" in visitor.find("#empty-why").inner_text()
    assert visitor.find("#query-explanation").is_hidden()
    asked = [one for one in visitor.requests if one.url.endswith("/v1/search")]
    assert len(asked) == 1  # each is noted as a search that found nothing


def test_a_knowledge_base_without_content_says_how_to_get_some(visitor: Visitor) -> None:
    limits = [{"name": "access", "chunks": 0}, {"name": "effective_on", "chunks": 0}]
    visitor.answer(SEARCH, {"answered": False, "hits": [], "took_ms": 1, "explanation": {"limits": limits}})
    visitor.open("/?q=打印机")
    expect(visitor.find("#empty-why")).to_contain_text("kb ingest")
    assert visitor.find("#empty-ways").is_hidden()


def test_kinds_narrow_the_hits_and_stand_in_the_address(visitor: Visitor) -> None:
    visitor.search(QUESTION)
    unfiltered = document_ids(visitor)
    visitor.page.get_by_role("button", name="手册").click()
    expect(visitor.hits.first.locator(".badge")).to_have_text("手册")
    assert set(visitor.find(".hit .badge").all_inner_texts()) == {"手册"}
    assert parameters(visitor)["kind"] == ["manual"]

    visitor.page.get_by_role("button", name="工单").click()
    expect(visitor.find(".badge-ticket").first).to_be_visible()
    assert set(visitor.find(".hit .badge").all_inner_texts()) <= {"手册", "工单"}
    assert parameters(visitor)["kind"] == ["manual", "ticket"]

    visitor.page.get_by_role("button", name="全部").click()
    expect(visitor.hits.first).to_have_attribute("data-document-id", str(unfiltered[0]))
    expect(visitor.page.get_by_role("button", name="手册")).to_have_attribute("aria-pressed", "false")
    assert document_ids(visitor) == unfiltered
    assert "kind" not in parameters(visitor)


def test_date_brings_back_the_version_of_that_day(visitor: Visitor) -> None:
    citation = visitor.find('.hit[data-document-id="regulations/service-level"] .citation-line').first
    visitor.search("技术支持服务级别 响应时间", kind="regulation")
    expect(citation.locator(".version")).to_have_text("2026 版")
    visitor.find("#on").fill("2025-06-01")
    expect(citation.locator(".version")).to_have_text("2024 版")
    assert parameters(visitor)["on"] == ["2025-06-01"]
    expect(citation.locator(".standing")).to_have_text("今天已失效（2025-12-31 到期）")
    visitor.find("#on").fill("")
    expect(citation.locator(".version")).to_have_text("2026 版")
    expect(visitor.find(".standing")).to_have_count(0)


def test_state_survives_reload_and_back(visitor: Visitor) -> None:
    query = 'VPN 100% "连不上" & #C++?'
    visitor.search("请假要提前多久")
    visitor.find("#query").fill(query)
    visitor.find("#query").press("Enter")
    expect(visitor.page).to_have_title(f"{query} - 技术支持知识库")
    visitor.page.get_by_role("button", name="常见问题").click()
    expect(visitor.find(".badge:not(.badge-faq)")).to_have_count(0)
    visitor.find("#explain").check()
    expect(visitor.find("#query-explanation")).to_be_visible()
    found = document_ids(visitor)

    visitor.page.reload()
    expect(visitor.find("#query-explanation")).to_be_visible()
    assert document_ids(visitor) == found
    expect(visitor.find("#query")).to_have_value(query)
    expect(visitor.find("#explain")).to_be_checked()
    expect(visitor.page.get_by_role("button", name="常见问题")).to_have_attribute("aria-pressed", "true")

    for _ in range(3):
        visitor.page.go_back()
    expect(visitor.find("#query")).to_have_value("请假要提前多久")
    expect(visitor.find("#explain")).not_to_be_checked()
    expect(visitor.find("#query-explanation")).to_be_hidden()
    expect(visitor.page.get_by_role("button", name="全部")).to_have_attribute("aria-pressed", "true")
    expect(visitor.find("#status")).to_contain_text("找到")
    assert document_ids(visitor) != found


def test_explanation_says_why(visitor: Visitor, api: httpx.Client) -> None:
    request = {"query": QUESTION, "filters": {"kinds": ["regulation"], "effective_on": "2026-02-03"}, "explain": True}
    answer = ask(api, **request)
    visitor.search(QUESTION, kind="regulation", on="2026-02-03", explain="1")

    whole = visitor.find("#query-explanation")
    expect(whole).to_contain_text("、".join(answer["explanation"]["terms"]))
    expect(whole).to_contain_text("类型制度")
    expect(whole).to_contain_text("生效日期2026-02-03")
    expect(whole).to_contain_text(f"语义候选{answer['explanation']['candidates']['dense']} 段")
    why = answer["hits"][0]["explanation"]
    first = visitor.hits.first.locator(".explanation")
    expect(first).to_contain_text("、".join(why["matched_terms"]))
    for name, rank in (("语义排名", why["dense_rank"]), ("关键词排名", why["sparse_rank"])):
        expect(first).to_contain_text(f"{name}{'未入选' if rank is None else f'第 {rank} 位'}")


def test_nothing_found_offers_to_drop_the_filters(visitor: Visitor) -> None:
    visitor.open(f"/?q={QUESTION}&kind=regulation&on=1990-01-01")
    expect(visitor.find("#empty")).to_be_visible()
    expect(visitor.find("#status")).to_contain_text("没有找到")
    expect(visitor.find("#on")).to_have_value("1990-01-01")
    assert visitor.hits.count() == 0

    visitor.find("#clear-filters").click()
    expect(visitor.hits.first).to_be_visible()
    expect(visitor.find("#empty")).to_be_hidden()
    assert parameters(visitor) == {"q": [QUESTION]}


def test_weak_answers_are_announced(visitor: Visitor, api: httpx.Client) -> None:
    answer = ask(api, query=QUESTION, limit=3)
    visitor.answer(SEARCH, {**answer, "answered": False})
    visitor.search(QUESTION)
    expect(visitor.find("#notice")).to_be_visible()
    assert visitor.hits.count() == 3


def test_lost_connection_can_be_retried(visitor: Visitor) -> None:
    visitor.tolerate("net::ERR_FAILED")
    visitor.page.route(SEARCH, lambda route: route.abort())
    visitor.open(f"/?q={QUESTION}")
    expect(visitor.find("#error")).to_contain_text("无法连接服务器")
    assert visitor.hits.count() == 0

    visitor.page.unroute(SEARCH)
    visitor.find("#retry").click()
    expect(visitor.hits.first).to_be_visible()
    expect(visitor.find("#error")).to_be_hidden()


def test_problem_of_the_service_is_told_in_its_words(visitor: Visitor) -> None:
    visitor.tolerate("503")
    visitor.answer(SEARCH, {"title": "服务尚未就绪", "detail": "索引正在重建，请一分钟后再试"}, status=503)
    visitor.open(f"/?q={QUESTION}")
    expect(visitor.find("#error-title")).to_have_text("服务尚未就绪")
    expect(visitor.find("#error-detail")).to_have_text("索引正在重建，请一分钟后再试")


def test_keyboard_alone_is_enough(visitor: Visitor) -> None:
    visitor.search(QUESTION)
    keyboard = visitor.page.keyboard
    citations = visitor.find(".hit-citation")
    visitor.find("#explain").focus()
    keyboard.press("/")
    expect(visitor.find("#query")).to_be_focused()
    keyboard.press("j")
    expect(visitor.find("#query")).to_have_value("j")  # the question was selected, and letters are typed
    keyboard.press("Escape")
    expect(visitor.find("#query")).to_have_value("")

    keyboard.press("ArrowDown")
    expect(citations.nth(0)).to_be_focused()
    keyboard.press("j")
    keyboard.press("j")
    expect(citations.nth(2)).to_be_focused()
    keyboard.press("k")
    expect(citations.nth(1)).to_be_focused()
    expect(citations.nth(1)).to_be_in_viewport()
    target = str(citations.nth(1).get_attribute("href"))
    keyboard.press("Enter")
    expect(visitor.find("mark.cited").first).to_be_visible()
    assert visitor.address == target


def test_back_from_a_document_returns_to_its_hit(visitor: Visitor) -> None:
    visitor.search(QUESTION)
    citation = visitor.find(".hit-citation").nth(6)
    citation.click()
    visitor.find("mark.cited").first.wait_for()
    visitor.find("#back").click()
    expect(citation).to_be_focused()
    expect(citation).to_be_in_viewport()
    expect(visitor.find("#query")).to_have_value(QUESTION)


def test_long_passage_unfolds(visitor: Visitor) -> None:
    visitor.search(QUESTION)
    clamped = visitor.find(".passage-text.clamped:not([data-parent]) + .unfold:visible")
    folded = visitor.find(".hit").filter(has=clamped).first
    chunk = folded.get_attribute("data-chunk-id")
    hit = visitor.find(f'.hit[data-chunk-id="{chunk}"]')
    text = hit.locator(".passage-text").first
    cut_off = text.evaluate("node => node.scrollHeight - node.clientHeight")
    button = hit.get_by_role("button", name="展开", exact=True)
    button.click()
    expect(hit.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")
    assert cut_off > 0
    assert text.evaluate("node => node.scrollHeight - node.clientHeight") == 0


def test_piece_of_a_section_unfolds_to_the_whole_with_itself_made_out(visitor: Visitor, api: httpx.Client) -> None:
    query = "热熔焊机 SDR11 焊接参数"
    answer = ask(api, query=query, limit=10, filters={"kinds": ["manual"]})
    number, hit = next((at, one) for at, one in enumerate(answer["hits"]) if one["parent"])
    visitor.search(query, kind="manual")
    shown = visitor.hits.nth(number)
    body = shown.locator(".passage-text").first
    shown.get_by_role("button", name="展开上下文").click()
    expect(shown.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")
    assert "".join((body.text_content() or "").split()) == "".join(hit["parent"]["text"].split())
    own = body.locator(".own-passage")
    assert "".join((own.text_content() or "").split()) == "".join(hit["text"].split())
    marks = "".join(own.locator("mark").all_text_contents())
    assert marks == "".join(char for at, char in enumerate(hit["text"]) if at in highlighted(hit))
    shown.get_by_role("button", name="收起").click()
    assert "".join((body.text_content() or "").split()) == "".join(hit["text"].split())


def test_whole_article_of_a_regulation_is_called_so(visitor: Visitor, api: httpx.Client) -> None:
    answer = ask(api, query=QUESTION, limit=1, filters={"kinds": ["regulation"]})
    hit = answer["hits"][0]
    start = hit["citation"]["start_char"]
    hit["parent"] = {
        "text": f"😀前{hit['text']}后",
        "citation": {**hit["citation"], "start_char": start - 2, "end_char": hit["citation"]["end_char"] + 1},
    }
    visitor.answer(SEARCH, answer)
    visitor.search(QUESTION)
    visitor.page.get_by_role("button", name="展开全条").click()
    own = visitor.find(".own-passage")
    assert "".join((own.text_content() or "").split()) == "".join(hit["text"].split())


def test_twins_are_named_under_the_hit_and_can_be_opened(visitor: Visitor, api: httpx.Client) -> None:
    evil = "<b>双胞胎</b>"
    answer = ask(api, query=QUESTION, limit=2)
    twin = {"document_id": "faq-desk-003", "version": "1", "title": evil, "similarity": 0.937}
    answer["hits"][0]["twins"] = [twin | {"url": "/documents/faq-desk-003?version=1"}]
    visitor.answer(SEARCH, answer)
    visitor.search(QUESTION)
    twins = visitor.hits.first.locator(".hit-twins")
    expect(visitor.find(".hit-twins")).to_have_count(1)
    expect(twins.locator("summary")).to_have_text("另有 1 篇内容几乎相同")
    twins.locator("summary").click()
    expect(twins.locator("li")).to_have_text(f"《{evil}》 相似 93%")
    twins.get_by_role("link").click()
    expect(visitor.find("#document")).to_be_visible()
    assert visitor.address == "/documents/faq-desk-003?version=1"


def test_markup_in_an_answer_is_shown_as_text(visitor: Visitor, api: httpx.Client) -> None:
    evil = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    answer = ask(api, query=QUESTION, limit=1)
    hit = answer["hits"][0]
    hit |= {"title": evil, "text": f"😀{evil}", "kind": evil, "product": evil}
    hit |= {"highlights": [{"start": 2, "end": 5}], "more": []}
    hit["citation"] |= {"label": evil, "version": evil, "url": "javascript:document.title='hacked'"}
    hit["answer"] |= {"text": evil, "label": evil, "url": "javascript:document.title='hacked'", "start": None}
    visitor.answer(SEARCH, answer)
    visitor.search(QUESTION)

    shown = visitor.hits.first
    expect(shown.locator(".hit-title")).to_have_text(evil)
    expect(shown.locator(".hit-citation")).to_have_text(evil)
    expect(shown.locator(".passage-text")).to_have_text(f"😀{evil}")
    expect(shown.locator("mark")).to_have_text("img")
    expect(shown.locator(".answer-text")).to_have_text(evil)
    assert shown.locator("img, script, [href]").count() == 0
    expect(visitor.page).to_have_title(f"{QUESTION} - 技术支持知识库")
