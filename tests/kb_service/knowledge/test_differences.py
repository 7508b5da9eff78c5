"""What became of each clause: texts of a few invented articles, edited one thing at a time."""

import re
from dataclasses import replace

from hypothesis import given

from ingest.document import Kind, ParsedDocument, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from kb_service.knowledge.differences import Change, build_clauses, build_differences
from tests.ingest.generated_documents import documents

RULES = """值班管理办法
第一章 总则
第一条 为了让夜间也有人接听电话，制定本办法。
第二条 本办法适用于全体值班人员，实习人员除外。
第二章 值班
第三条 值班员应当：
（一）每两小时巡检一次机房；
（二）把异常记入交接簿。
第四条 交接班时双方当面清点钥匙和手机。
第五条 无故缺岗的，取消当月值班补贴。
"""
NUMERALS = "零一二三四五六七八九"


def parsed(text: str) -> ParsedDocument:
    [document] = parse(SourceRecord("regulations/duty", "text", Origin("duty.txt"), text, "digest"))
    # Any ids do that are the same in both versions.
    return replace(document, sections=tuple(replace(one, clause_id=one.label) for one in document.sections))


def changes(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    """Change and labels of every clause that did not stay as it was."""
    return [
        (
            one.change.value,
            one.before.section.label if one.before and one.before.section else None,
            one.after.section.label if one.after and one.after.section else None,
        )
        for one in build_differences(parsed(before), parsed(after))
        if one.change is not Change.UNCHANGED
    ]


def renumbered_from(text: str, first: int, by: int) -> str:
    """The text with every article from ``first`` on counted ``by`` further."""
    return re.sub(
        "第([一二三四五六七八])条",
        lambda match: (
            f"第{NUMERALS[NUMERALS.index(match[1]) + by]}条" if NUMERALS.index(match[1]) >= first else match[0]
        ),
        text,
    )


def test_nothing_changed() -> None:
    assert changes(RULES, RULES) == []
    differences = build_differences(parsed(RULES), parsed(RULES))
    # Title, two chapter headings, five articles; what nests inside an article belongs to it.
    assert [one.change for one in differences] == [Change.UNCHANGED] * 8


def test_a_reworded_article_is_changed_and_says_where() -> None:
    after = RULES.replace("每两小时巡检", "每小时巡检")
    assert changes(RULES, after) == [("changed", "第二章第三条", "第二章第三条")]
    [difference] = [one for one in build_differences(parsed(RULES), parsed(after)) if one.change is Change.CHANGED]
    assert [(piece.op.value, piece.text) for piece in difference.pieces if piece.op.value != "equal"] == [
        ("deleted", "两")
    ]


def test_an_inserted_article_shifts_the_numbers_of_those_behind_it_and_no_more() -> None:
    new = "第四条 值班手机不得静音，电量不得低于三成。\n"
    before, after = RULES.split("第四条")[0], renumbered_from("第四条" + RULES.split("第四条")[1], 4, 1)
    assert changes(RULES, before + new + after) == [
        ("added", None, "第二章第四条"),
        ("renumbered", "第二章第四条", "第二章第五条"),
        ("renumbered", "第二章第五条", "第二章第六条"),
    ]


def test_a_dropped_article_is_listed_where_it_stood() -> None:
    dropped = "第二条 本办法适用于全体值班人员，实习人员除外。\n"
    after = renumbered_from(RULES.replace(dropped, ""), 3, -1)
    assert changes(RULES, after)[:2] == [
        ("removed", "第一章第二条", None),
        ("renumbered", "第二章第三条", "第二章第二条"),
    ]


def test_a_renumbered_article_may_also_be_reworded() -> None:
    after = renumbered_from(RULES, 4, 1).replace("当面清点钥匙和手机", "当面清点钥匙、手机和门卡")
    assert ("renumbered", "第二章第四条", "第二章第五条") in changes(RULES, after)


def test_a_new_text_under_an_old_number_is_no_change_of_the_old_one() -> None:
    after = RULES.replace("无故缺岗的，取消当月值班补贴", "食堂供应夜宵至凌晨一点")
    assert changes(RULES, after) == [("removed", "第二章第五条", None), ("added", None, "第二章第五条")]


def test_a_clause_that_keeps_number_and_caption_is_the_same_however_much_was_rewritten() -> None:
    before, after = "值班规定\n1 时间\n夜班从晚上八点开始。\n", "值班规定\n1 时间\n白班改为早七点集合。\n"
    [difference] = [one for one in build_differences(parsed(before), parsed(after)) if one.change is Change.CHANGED]
    assert difference.after is not None
    assert difference.after.text.startswith("1 时间")


def test_texts_without_clauses_are_compared_as_one() -> None:
    before, after = replace(parsed("说明\n甲。乙。"), sections=()), replace(parsed("说明\n甲。丙。"), sections=())
    [difference] = build_differences(before, after)
    assert difference.change is Change.CHANGED
    assert [piece.text for piece in difference.pieces] == ["说明\n甲。", "乙", "丙", "。"]


def test_a_long_regulation_rewritten_throughout_is_still_answered() -> None:
    articles = range(1, 800)
    before = "".join(f"第{number}条 旧文{number * 7}说的是{number * 13}号设备。\n" for number in articles)
    after = "".join(f"第{number}条 新规{number * 11}写明了{number * 17}处场地。\n" for number in articles)
    differences = build_differences(parsed(f"设备办法\n{before}"), parsed(f"设备办法\n{after}"))
    assert {one.change for one in differences} == {Change.UNCHANGED, Change.REMOVED, Change.ADDED}


@given(documents(), documents())
def test_every_clause_of_both_versions_comes_once_and_in_order(before: ParsedDocument, after: ParsedDocument) -> None:
    differences = build_differences(before, after)
    old = [one.before for one in differences if one.before]
    assert [one.after for one in differences if one.after] == build_clauses(after)
    assert sorted(old, key=lambda clause: clause.start) == build_clauses(before)


@given(documents(kinds=(Kind.REGULATION,)))
def test_clauses_hold_every_visible_character_once(document: ParsedDocument) -> None:
    kept = "".join(clause.text for clause in build_clauses(document))
    assert "".join(kept.split()) == "".join(document.text.split())
