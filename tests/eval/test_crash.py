"""Kills in earnest, few of them here, a hundred by ``python -m eval crash``; and the comparison sees what is wrong."""

from pathlib import Path

import pytest

from eval.crash import GeneratedFolder, compare, compare_finished, run_crash


def test_nothing_is_lost_or_left_over_by_a_few_kills(tmp_path: Path) -> None:
    report = run_crash(tmp_path, kills=4, seed=3)
    assert report.killed == 4
    assert report.published > 0
    assert report.problems == []


@pytest.fixture
def sources(tmp_path: Path) -> GeneratedFolder:
    folder = GeneratedFolder(tmp_path / "sources", 1)
    for _ in range(20):
        folder.mutate()
    return folder


def test_what_the_folder_states_is_what_its_files_hold(sources: GeneratedFolder) -> None:
    assert {name for name, _ in sources.stated} == {path.stem for path in sources.path.iterdir()}
    assert len(sources.stated) > 4


def test_a_catalogue_like_the_folder_passes(sources: GeneratedFolder) -> None:
    assert compare(sources, sources.stated, sources.stated) == []
    assert compare_finished(sources, sources.stated) == []


@pytest.mark.parametrize("how", ["lost", "altered", "history lost", "extra", "missing"])
def test_what_is_wrong_is_named(sources: GeneratedFolder, how: str) -> None:
    before, after = dict(sources.stated), dict(sources.stated)
    identity = next(item for item in sources.stated if item[0] != "fixed")
    if how == "lost":
        del after[identity]
    elif how == "altered":
        after[identity] = "第1条"
    elif how == "history lost":
        before[identity[0], "2023-01-01"] = "第1条"
    elif how == "extra":
        after["unknown", "2024-01-01"] = "第1条"
    else:
        del before[identity], after[identity]
    assert compare(sources, before, after) or compare_finished(sources, after)
