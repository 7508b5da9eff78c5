"""The ``kb`` command in processes of its own, without a service."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import copy_data_dir, require_shared, run_kb


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


def test_the_raw_scrape_goes_in_as_it_is(tmp_path: Path, new_data_dir: Callable[[Path], Path]) -> None:
    scrape = require_shared("regulations", "技术支持部人员管理制度.txt")
    folder = new_data_dir(tmp_path / "data")
    assert run_kb(folder, "ingest", str(scrape)).returncode == 0
    answer = json.loads(run_kb(folder, "search", "客户报修后多久必须响应", "--json").stdout)
    rules = [hit for hit in answer["hits"][:3] if "2个工作小时" in hit["text"]]
    assert rules
    assert "《技术支持管理制度》第4.1条" in rules[0]["citation"]["label"]
