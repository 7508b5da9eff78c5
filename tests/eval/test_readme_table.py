"""A generated table goes between its markers and nowhere else."""

from pathlib import Path

import pytest

from eval.readme_table import replace_between


def test_only_what_stands_between_the_markers_changes(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("before\n<!-- speed:begin -->\nold \\1\n<!-- speed:end -->\nafter\n", encoding="utf-8")
    replace_between(file, "speed", "| new \\g<0> |")
    expected = "before\n<!-- speed:begin -->\n| new \\g<0> |\n<!-- speed:end -->\nafter\n"
    assert file.read_text(encoding="utf-8") == expected


def test_missing_markers_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no markers for speed"):
        replace_between(file, "speed", "x")
