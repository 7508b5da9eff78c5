"""Foreign words become requests that are never too long nor empty."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.models import Outcome
from kb_service.integrations.steps import Step
from kb_service.integrations.wording import build_action, build_ticket_request, fit, fit_text
from kb_service.tickets.lifecycle import Action

TEXTS = st.text(st.characters(codec="utf-8"), max_size=700)


@settings(max_examples=30)
@given(st.builds(InboundChange, TEXTS, TEXTS, st.sampled_from(Happening), *[TEXTS] * 5, TEXTS | st.none(), TEXTS))
def test_any_words_make_a_request(change: InboundChange) -> None:
    request = build_ticket_request("hc-zammad", change)
    assert request.title
    assert "\0" not in request.description
    step = Step(Outcome.COMMENTED, Action.COMMENT, text="有话说" + change.description)
    assert build_action("hc-zammad", change, step, 1).text


def test_what_is_too_long_is_cut() -> None:
    assert fit("一二三四五", 4) == "一二三…"
    assert fit(" \0 ", 4, "空") == "空"
    assert fit_text("x" * 100_000) == "x" * 100_000
    cut = fit_text("x" * 100_001)
    assert len(cut) < 100_000
    assert cut.endswith("（原文共 100,001 字，此处截断，全文见原系统）")
