"""The ``kb`` command in processes of its own, without a service."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings
from tests.conftest import ROOT, copy_data_dir, require_shared, run_kb


@pytest.fixture(scope="module")
def data_dir(corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_data_dir(corpus_data_dir, tmp_path_factory.mktemp("cli") / "data")


def test_search_prints_title_citation_and_text(data_dir: Path) -> None:
    result = run_kb(data_dir, "search", "请假要提前多久", "--kind", "regulation", "--limit", "3")
    assert result.returncode == 0, result.stderr
    assert "服务工程师行为规范与请假管理办法" in result.stdout
    assert re.search(r"出处 《服务工程师行为规范与请假管理办法》三、第\d+条", result.stdout)


def test_search_as_json_is_the_api_s_answer(data_dir: Path) -> None:
    answer = json.loads(run_kb(data_dir, "search", "VPN809", "--json", "--limit", "1", "--explain").stdout)
    assert len(answer["hits"]) == 1
    assert answer["explanation"]["identifiers"] == ["vpn809"]


def test_serving_with_unusable_service_levels_is_refused_at_once(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "levels.yaml"
    path.write_text("levels: [{response: 马上}]", encoding="utf-8")
    monkeypatch.setenv("KB_SERVICE_LEVELS", str(path))
    result = run_kb(data_dir, "serve", "--port", "0")
    assert result.returncode == 1
    assert "看不懂时限“马上”" in result.stderr


def test_serving_with_unusable_obligations_is_refused_at_once(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "obligations.yaml"
    path.write_text("obligations: [{name: 首次响应, why: 尚未响应, clauses: [响应], wieght: 5}]", encoding="utf-8")
    monkeypatch.setenv("KB_OBLIGATIONS", str(path))
    result = run_kb(data_dir, "serve", "--port", "0")
    assert result.returncode == 1
    assert "obligations.0.wieght：是不认识的字段" in result.stderr


def test_serving_with_unusable_integrations_is_refused_at_once(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "integrations.yaml"
    path.write_text("connections: [{name: helpdesk, system: zammad, secret: short}]", encoding="utf-8")
    monkeypatch.setenv("KB_INTEGRATIONS", str(path))
    result = run_kb(data_dir, "serve", "--port", "0")
    assert result.returncode == 1
    assert "connections.0.secret：至少 16 个字符" in result.stderr


def test_bad_arguments_are_explained(data_dir: Path) -> None:
    for arguments, told in (
        (("search", ""), "query"),
        (("search", "x" * 4001), "query"),
        (("search", "x", "--on", "昨天"), "effective_on"),
        (("documents", "show", "no/such"), "no/such"),
        (("serve", "--host", "0.0.0.0"), "0.0.0.0"),
    ):
        result = run_kb(data_dir, *arguments)
        assert result.returncode == 1, arguments
        assert told in result.stderr
        assert "Traceback" not in result.stderr
    assert run_kb(data_dir, "search", "x", "--kind", "faqs").returncode == 2


def test_ingest_names_each_failure_and_exits_with_1(tmp_path: Path, new_data_dir: Callable[[Path], Path]) -> None:
    folder = new_data_dir(tmp_path / "data")
    good, binary = tmp_path / "好文档.md", tmp_path / "图.md"
    good.write_text("# 好文档\n\n正文。\n", encoding="utf-8")
    binary.write_bytes(b"\x89PNG\x00\x01")
    result = run_kb(folder, "ingest", str(good), str(binary), str(tmp_path / "无.md"), str(tmp_path))
    assert result.returncode == 1
    assert "图.md" in result.stdout
    assert "无.md" in result.stdout
    assert "Traceback" not in result.stderr
    assert "好文档" in run_kb(folder, "documents", "list").stdout


def test_another_model_s_index_is_refused_with_the_command_that_mends_it(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_data_dir(data_dir, tmp_path / "data")
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(folder / "models" / "multilingual-e5-small"))
    for arguments in (("search", "x"), ("serve", "--port", "0"), ("ingest", str(tmp_path))):
        result = run_kb(folder, *arguments)
        assert result.returncode == 1
        assert "embedding_model" in result.stderr
        assert "kb rebuild" in result.stderr


def test_chunks_shows_the_cut_without_touching_the_data_folder(
    tmp_path: Path, new_data_dir: Callable[[Path], Path]
) -> None:
    folder = new_data_dir(tmp_path / "data")
    source = tmp_path / "regulations" / "值班办法.txt"
    source.parent.mkdir()
    source.write_text("值班办法\n第一条 甲。\n第三条 乙：\n（一）丙；\n（二）丁。\n", encoding="utf-8")
    before = {path.name for path in folder.iterdir()}
    holder = Runtime(ServiceSettings(data_dir=folder), IngestSettings(data_dir=folder))
    holder.open()  # another process has the folder: a preview does not care
    try:
        shown = run_kb(folder, "chunks", str(source))
    finally:
        holder.close()
    assert shown.returncode == 0, shown.stderr
    for told in ("《值班办法》第三条", "整条或整节", "词元", "第二条"):
        assert told in shown.stdout
    answer = json.loads(run_kb(folder, "chunks", str(tmp_path / "regulations"), "--json").stdout)
    [document] = answer["documents"]
    assert document["title"] == "值班办法"
    assert [chunk["reason"] for chunk in document["chunks"]] == ["whole-section", "whole-section"]
    assert document["chunks"][1]["text"].startswith("第三条")
    assert document["findings"][0]["code"] == "missing-number"
    assert {path.name for path in folder.iterdir()} - before <= {"engine.lock", "kb.sqlite3"}


def test_chunks_names_failures_and_exits_with_1(tmp_path: Path, new_data_dir: Callable[[Path], Path]) -> None:
    folder = new_data_dir(tmp_path / "data")
    (tmp_path / "docs.jsonl").write_text('{"id": "a", "text": "甲。"}\n{broken\n', encoding="utf-8")
    result = run_kb(folder, "chunks", str(tmp_path / "docs.jsonl"), "--json")
    assert result.returncode == 1
    answer = json.loads(result.stdout)
    assert [one["document_id"] for one in answer["documents"]] == ["a"]
    assert [one["line"] for one in answer["failures"]] == [2]


def test_verify_is_content_with_the_corpus_and_names_what_was_tampered_with(data_dir: Path, tmp_path: Path) -> None:
    folder = copy_data_dir(data_dir, tmp_path / "data")
    good = run_kb(folder, "verify")
    assert good.returncode == 0, good.stderr
    assert "全部核对无误" in good.stdout
    with closing(sqlite3.connect(folder / "kb.sqlite3")) as database, database:
        database.execute(
            "UPDATE versions SET text = replace(text, '如实记录', '酌情记录') WHERE document_id = ?",
            ("regulations/support-team-rules",),
        )
    bad = run_kb(folder, "verify")
    assert bad.returncode == 1
    assert "《技术支持组规章制度》第三章第十五条" in bad.stdout
    answer = json.loads(run_kb(folder, "verify", "--json").stdout)
    assert (answer["ok"], answer["total"]) == (False, len(answer["problems"]))
    assert {"section-text", "chunk-text", "stale-chunk"} <= answer["counts"].keys()
    assert {one["document_id"] for one in answer["problems"]} == {"regulations/support-team-rules"}


def test_duplicates_lists_groups(tmp_path: Path, new_data_dir: Callable[[Path], Path]) -> None:
    folder = new_data_dir(tmp_path / "data")
    text = "打印机脱机时先看网线和电源，指示灯不亮的换一个插座再试，仍不恢复的报服务台并写明机身编号。"
    lines = [json.dumps({"id": name, "text": text}) for name in ("copy-a", "copy-b")]
    (tmp_path / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run_kb(folder, "ingest", str(tmp_path / "docs.jsonl")).returncode == 0
    shown = run_kb(folder, "duplicates")
    assert "2 篇几乎相同" in shown.stdout
    assert "copy-b" in shown.stdout
    [group] = json.loads(run_kb(folder, "duplicates", "--json").stdout)["groups"]
    assert (group["similarity"], [one["document_id"] for one in group["documents"]]) == (1.0, ["copy-a", "copy-b"])
    [hit] = json.loads(run_kb(folder, "search", "打印机脱机", "--json").stdout)["hits"]
    assert len(hit["twins"]) == 1


def test_haystack_reports_nothing_to_its_makers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAYSTACK_TELEMETRY_ENABLED")
    code = "import kb_service.cli; from haystack.telemetry import _telemetry; assert _telemetry.telemetry is None"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_raw_scrape_goes_in_as_it_is(tmp_path: Path, new_data_dir: Callable[[Path], Path]) -> None:
    scrape = require_shared("regulations", "技术支持部人员管理制度.txt")
    folder = new_data_dir(tmp_path / "data")
    assert run_kb(folder, "ingest", str(scrape)).returncode == 0
    answer = json.loads(run_kb(folder, "search", "客户报修后多久必须响应", "--json").stdout)
    rules = [hit for hit in answer["hits"][:3] if "2个工作小时" in hit["text"]]
    assert rules
    assert "《技术支持管理制度》第4.1条" in rules[0]["citation"]["label"]
