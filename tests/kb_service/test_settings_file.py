"""A file that a setting names is read, or refused with its name, the place and the setting."""

from pathlib import Path

import pytest

from kb_service.errors import ServiceError
from kb_service.settings_file import read_settings_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def test_what_it_states_comes_by_name(path: Path) -> None:
    path.write_text("甲: [1, 2]\n乙: {丙: 丁}", encoding="utf-8")
    assert read_settings_file(path, "KB_X", ServiceError) == {"甲": [1, 2], "乙": {"丙": "丁"}}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: 1\nb: [", "第 2 行不是合法的 YAML"),
        ("甲: 1".encode("gbk"), "读不了（UnicodeDecodeError）。请核对 KB_X"),
        (b"a: 2026-13-45", "读不了（ValueError）。请核对 KB_X"),
        (b"a: !!bool maybe", "读不了（KeyError）。请核对 KB_X"),
        (b"a: !!int ''", "读不了（IndexError）。请核对 KB_X"),
        (b"a: !!timestamp x", "读不了（AttributeError）。请核对 KB_X"),
        (b"[" * 5_000, "读不了（RecursionError）。请核对 KB_X"),
        (b"", "应为“名称: 值”的 YAML，写法见 README 与 docs 中的 KB_X"),
        (b"- a", "应为“名称: 值”的 YAML，写法见 README 与 docs 中的 KB_X"),
    ],
)
def test_what_cannot_be_used_is_named(path: Path, content: bytes, told: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ServiceError) as caught:
        read_settings_file(path, "KB_X", ServiceError)
    assert caught.value.detail == f"{path}：{told}"


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(ServiceError, match=r"settings\.yaml：读不了（FileNotFoundError）"):
        read_settings_file(path, "KB_X", ServiceError)


def test_no_value_is_told(path: Path) -> None:
    path.write_text("api_key: a-long-enough-secret\nb: [", encoding="utf-8")
    with pytest.raises(ServiceError) as caught:
        read_settings_file(path, "KB_X", ServiceError)
    assert "secret" not in caught.value.detail
    assert caught.value.__cause__ is None
