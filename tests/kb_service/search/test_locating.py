"""A query that names a clause is answered with that clause, from the text in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.access.principal import LOOPBACK, Principal
from kb_service.runtime import Runtime
from kb_service.search.models import Hit, SearchFilters, SearchRequest
from tests.ingest.syncing import light_runtime

SECRECY = """---
title: 保密管理规定
kind: regulation
version: "{version}"
effective_from: {since}
---
# 保密管理规定

第一条 为了保密，制定本规定。

第二条 资料分为三级：
（一）公开；
（二）{second}；
（三）绝密。

第三条 违反的，报部门经理处理。
"""
DUTY = """---
title: 值班管理办法
kind: regulation
{extra}---
# 值班管理办法

第一条 值班分两班。

第二条 交接班要登记。
"""
WORKS = "# 工程部规范\n\n4.10 结算。\n\n4.12 夜班补贴按月结算。\n"
LEAVE = "---\ntitle: 请假办法\nkind: regulation\n---\n# 请假办法\n\n第七条 提前{days}天申请。\n"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    folder = tmp_path_factory.mktemp("sources")
    for version, since, second in (("2024", "2024-01-01", "内部"), ("2026", "2026-01-01", "受控")):
        text = SECRECY.format(version=version, since=since, second=second)
        version_of = "" if version == "2026" else "version_of: secrecy\n"
        name = "secrecy" if version == "2026" else "secrecy-2024"
        (folder / f"{name}.md").write_text(text.replace("kind:", f"{version_of}kind:"), encoding="utf-8")
    (folder / "duty.md").write_text(DUTY.format(extra=""), encoding="utf-8")
    (folder / "works.md").write_text(f"---\nkind: regulation\n---\n{WORKS}", encoding="utf-8")
    secret = DUTY.replace("值班管理办法", "应急管理办法").format(extra="clearance: 2\n")
    (folder / "secret.md").write_text(secret, encoding="utf-8")
    with light_runtime(tmp_path_factory.mktemp("data")) as opened:
        report = opened.indexer.ingest([folder])
        assert report.ok, report.failures
        yield opened


def first(runtime: Runtime, text: str, principal: Principal = LOOPBACK, **filters: object) -> Hit:
    request = SearchRequest(query=text, explain=True, filters=SearchFilters.model_validate(filters))
    return runtime.search.search(request, principal).hits[0]


@pytest.mark.parametrize(
    ("query", "clause", "words"),
    [
        ("保密规定第2条", "《保密管理规定》第二条", "资料分为三级"),
        ("保密管理规定第二条第（二）项", "《保密管理规定》第二条第（二）项", "受控"),
        ("值班办法第二条怎么说", "《值班管理办法》第二条", "交接班要登记"),
        ("工程部 4.12", "《工程部规范》第4.12条", "夜班补贴"),
        ("第三条", "《保密管理规定》第三条", "报部门经理处理"),
    ],
)
def test_the_named_clause_comes_first(runtime: Runtime, query: str, clause: str, words: str) -> None:
    hit = first(runtime, query)
    assert hit.explanation is not None
    assert hit.explanation.named_clause == clause
    assert words in hit.text


def test_the_text_in_force_on_the_asked_day_is_quoted(runtime: Runtime) -> None:
    assert "内部" in first(runtime, "保密规定第二条", effective_on="2025-06-01").text


def test_where_several_are_equally_meant_none_is_taken_for_the_named_one(runtime: Runtime) -> None:
    hit = first(runtime, "第一条")
    assert hit.explanation is not None
    assert hit.explanation.named_clause is None


def test_what_may_not_be_read_is_never_named(runtime: Runtime) -> None:
    guest = Principal("guest", 0, None)
    hit = first(runtime, "应急管理办法第二条", guest)
    assert hit.document_id != "secret"
    assert first(runtime, "应急管理办法第二条").document_id == "secret"


def test_filters_hold_for_named_clauses_too(runtime: Runtime) -> None:
    assert first(runtime, "保密规定第二条", document_ids=["duty"]).document_id == "duty"
    request = SearchRequest(query="保密规定第二条", filters=SearchFilters.model_validate({"kinds": ["faq"]}))
    assert runtime.search.search(request, LOOPBACK).hits == []


def test_a_corrected_text_is_read_anew(runtime: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    file = folder / "leave.md"
    file.write_text(LEAVE.format(days="一"), encoding="utf-8")
    runtime.indexer.ingest([folder])
    assert "提前一天" in first(runtime, "请假办法第七条").text
    file.write_text(LEAVE.format(days="三"), encoding="utf-8")
    runtime.indexer.ingest([folder])
    assert "提前三天" in first(runtime, "请假办法第七条").text
