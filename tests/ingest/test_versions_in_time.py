"""A document's versions follow each other: which day each answers for, what an edit keeps and what it replaces."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ingest.catalogue.periods import ends_in_force
from ingest.document import ALWAYS, Meta
from ingest.store.document_store import QdrantDocumentStore
from ingest.tables import VersionRow
from kb_service.runtime import Runtime
from tests.ingest.syncing import RecordingEmbedder, assert_sound, documents, light_runtime, search


@pytest.fixture
def embedder() -> RecordingEmbedder:
    return RecordingEmbedder()


@pytest.fixture
def runtime(tmp_path: Path, embedder: RecordingEmbedder) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data", embedder) as opened:
        yield opened
        assert_sound(opened)


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    return tmp_path / "rules" / "duty.md"


def state(path: Path, amount: str, **fields: str) -> None:
    """Write a rule that grants ``amount``, with these fields in its head."""
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    text = f"# 值班办法\n\n第一条 值班人员应当按时到岗。\n\n第二条 值班津贴为每晚{amount}元。\n"
    path.write_text(f"---\nkind: regulation\n{head}---\n{text}" if head else text, encoding="utf-8")


def granted(runtime: Runtime, on: str) -> set[str]:
    """The amounts that a search as of a day shows."""
    texts = [passage.text for hit in search(runtime, "值班津贴每晚", on) for passage in (hit, *hit.more)]
    return {amount for amount in ("五十", "八十", "九十") if any(amount in text for text in texts)}


def periods(runtime: Runtime) -> dict[str, tuple[str, str]]:
    return {
        stored.document.version: (str(stored.document.effective_from), str(stored.document.effective_to))
        for stored in runtime.catalogue.iter_published()
    }


class TestEditInPlace:
    def test_a_later_text_closes_the_former_one(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2025-07-01")
        report = runtime.indexer.ingest([rule.parent])
        assert (report.added, report.updated, report.removed) == (0, 1, 0)
        assert periods(runtime) == {
            "2023-01-01": ("2023-01-01", "2025-06-30"),
            "2025-07-01": ("2025-07-01", str(ALWAYS)),
        }
        assert granted(runtime, "2025-06-30") == {"五十"}
        assert granted(runtime, "2025-07-01") == {"八十"}
        assert granted(runtime, "2022-12-31") == set()
        assert runtime.indexer.ingest([rule.parent]).unchanged == 1

    def test_history_outlives_further_edits_and_a_correction_replaces_its_version_only(
        self, runtime: Runtime, rule: Path
    ) -> None:
        for amount, day in (("五十", "2023-01-01"), ("八十", "2025-07-01"), ("九十", "2025-07-01")):
            state(rule, amount, effective_from=day)
            runtime.indexer.ingest([rule.parent])
        assert granted(runtime, "2024-01-01") == {"五十"}
        assert granted(runtime, "2026-01-01") == {"九十"}
        assert len(documents(runtime)) == 2

    @pytest.mark.parametrize("fields", [{}, {"effective_from": "2023-01-01"}], ids=["undated", "same day"])
    def test_a_changed_text_of_the_same_day_is_a_correction(
        self, runtime: Runtime, rule: Path, fields: dict[str, str]
    ) -> None:
        state(rule, "五十", **fields)
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", **fields)
        report = runtime.indexer.ingest([rule.parent])
        assert (report.updated, len(documents(runtime))) == (1, 1)
        assert granted(runtime, "2026-01-01") == {"八十"}

    def test_another_name_for_the_version_of_the_same_day_replaces_it(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01", version="初稿")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2023-01-01", version="定稿")
        report = runtime.indexer.ingest([rule.parent])
        assert (report.updated, report.removed) == (1, 0)
        assert [version for _, version in documents(runtime)] == ["定稿"]

    def test_one_name_for_two_days_does_not_cost_the_history(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01", version="V1")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2025-07-01", version="V1")
        runtime.indexer.ingest([rule.parent])
        assert set(periods(runtime)) == {"V1", "2025-07-01"}
        assert granted(runtime, "2024-01-01") == {"五十"}
        assert runtime.indexer.ingest([rule.parent]).unchanged == 1
        state(rule, "九十", effective_from="2025-07-01", version="V1")
        runtime.indexer.ingest([rule.parent])
        assert granted(runtime, "2026-01-01") == {"九十"}
        assert granted(runtime, "2024-01-01") == {"五十"}

    def test_a_day_added_to_the_same_text_is_no_new_version(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十")
        runtime.indexer.ingest([rule.parent])
        state(rule, "五十", effective_from="2023-01-01")
        runtime.indexer.ingest([rule.parent])
        assert set(periods(runtime)) == {"2023-01-01"}

    def test_a_day_added_along_with_another_text_is_one(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2025-07-01")
        runtime.indexer.ingest([rule.parent])
        assert granted(runtime, "2025-06-30") == {"五十"}
        assert granted(runtime, "2025-07-01") == {"八十"}

    def test_going_back_to_the_former_text_takes_the_later_one_out(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2025-07-01")
        runtime.indexer.ingest([rule.parent])
        state(rule, "五十", effective_from="2023-01-01")
        runtime.indexer.ingest([rule.parent])
        assert periods(runtime) == {"2023-01-01": ("2023-01-01", str(ALWAYS))}
        assert granted(runtime, "2026-01-01") == {"五十"}

    def test_a_removed_file_takes_its_history_along(self, runtime: Runtime, rule: Path) -> None:
        (rule.parent / "other.md").write_text("# 其他\n\n占位。\n", encoding="utf-8")
        for amount, day in (("五十", "2023-01-01"), ("八十", "2025-07-01")):
            state(rule, amount, effective_from=day)
            runtime.indexer.ingest([rule.parent])
        rule.unlink()
        assert runtime.indexer.ingest([rule.parent]).removed == 1
        assert granted(runtime, "2024-01-01") == granted(runtime, "2026-01-01") == set()

    def test_only_the_edited_article_of_two_hundred_is_embedded_again(
        self, runtime: Runtime, rule: Path, embedder: RecordingEmbedder
    ) -> None:
        articles = [
            f"第{number}条 " + f"设备{number}号应当每{number}天检查一次，并登记结果。" * 12 for number in range(1, 201)
        ]

        def write(day: str) -> None:
            text = "\n\n".join(articles)
            rule.write_text(
                f"---\nkind: regulation\neffective_from: {day}\n---\n# 检查办法\n\n{text}\n", encoding="utf-8"
            )

        write("2023-01-01")
        first = runtime.indexer.ingest([rule])
        assert first.embedded == first.chunks == len(embedder.passages) >= 200
        embedder.passages.clear()
        articles[99] = "第100条 设备100号停用，不再检查。"
        write("2025-01-01")
        second = runtime.indexer.ingest([rule])
        assert second.embedded == len(embedder.passages) == 1
        assert "设备100号停用" in embedder.passages[0]
        assert second.embedded + second.reused == second.chunks >= 200
        hits = {on: search(runtime, "设备100号", on)[0] for on in ("2024-06-01", "2025-06-01")}
        assert "每100天检查" in hits["2024-06-01"].text
        assert "停用" in hits["2025-06-01"].text


class TestSeveralFiles:
    def test_versions_from_two_files_follow_each_other_without_stated_ends(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "八十", effective_from="2025-01-01")
        state(rule.with_name("duty-2023.md"), "五十", effective_from="2023-01-01", version_of="duty")
        runtime.indexer.ingest([rule.parent])
        assert granted(runtime, "2024-12-31") == {"五十"}
        assert granted(runtime, "2025-01-01") == {"八十"}

    def test_when_the_later_one_goes_the_former_one_answers_again(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01")
        later = rule.with_name("duty-2025.md")
        state(later, "八十", effective_from="2025-01-01", version_of="duty")
        runtime.indexer.ingest([rule.parent])
        later.unlink()
        runtime.indexer.ingest([rule.parent])
        assert periods(runtime) == {"2023-01-01": ("2023-01-01", str(ALWAYS))}
        assert granted(runtime, "2026-01-01") == {"五十"}

    def test_a_stated_end_before_the_next_beginning_leaves_a_gap(self, runtime: Runtime, rule: Path) -> None:
        state(rule, "五十", effective_from="2023-01-01", effective_to="2023-12-31")
        state(rule.with_name("new.md"), "八十", effective_from="2025-01-01", version_of="duty")
        runtime.indexer.ingest([rule.parent])
        assert granted(runtime, "2023-12-31") == {"五十"}
        assert granted(runtime, "2024-06-01") == set()


class TestPeriodsInTheIndex:
    def test_a_killed_update_of_periods_is_finished(
        self, runtime: Runtime, rule: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state(rule, "五十", effective_from="2023-01-01")
        runtime.indexer.ingest([rule.parent])
        state(rule, "八十", effective_from="2025-01-01")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(QdrantDocumentStore, "set_meta", die)
        with pytest.raises(KeyboardInterrupt):
            runtime.indexer.ingest([rule.parent])
        monkeypatch.undo()
        # The index still says that the old text has no end; the catalogue knows better.
        ends = {chunk.meta[Meta.EFFECTIVE_TO] for chunk in runtime.store.filter_documents()}
        assert ends == {99991231}
        assert granted(runtime, "2026-01-01") == {"八十"}
        assert {problem.code for problem in runtime.indexer.verify()} == {"stale-chunk"}
        runtime.indexer.recover()
        ends = {chunk.meta[Meta.EFFECTIVE_TO] for chunk in runtime.store.filter_documents()}
        assert ends == {99991231, 20241231}

    def test_a_rebuild_writes_the_periods_in_force(self, runtime: Runtime, rule: Path) -> None:
        for amount, day in (("五十", "2023-01-01"), ("八十", "2025-07-01")):
            state(rule, amount, effective_from=day)
            runtime.indexer.ingest([rule.parent])
        with Session(runtime.engine) as session, session.begin():
            session.execute(update(VersionRow).values(period_stale=True))
        report = runtime.indexer.rebuild()
        assert (report.updated, report.embedded, report.reused) == (2, 0, report.chunks)
        assert granted(runtime, "2025-06-30") == {"五十"}


@pytest.mark.parametrize(
    ("stated", "ends"),
    [
        ([], []),
        ([("2020-01-01", "9999-12-31")], ["9999-12-31"]),
        ([("0001-01-01", "9999-12-31"), ("2020-01-01", "9999-12-31")], ["2019-12-31", "9999-12-31"]),
        ([("2020-01-01", "2020-06-30"), ("2021-01-01", "9999-12-31")], ["2020-06-30", "9999-12-31"]),
        ([("2021-01-01", "9999-12-31"), ("2020-01-01", "2030-01-01")], ["9999-12-31", "2020-12-31"]),
        ([("2020-01-01", "9999-12-31")] * 2, ["9999-12-31"] * 2),
        ([("2020-01-01", "9999-12-31")] * 2 + [("2020-01-02", "2020-01-02")], ["2020-01-01"] * 2 + ["2020-01-02"]),
    ],
)
def test_ends_in_force(stated: list[tuple[str, str]], ends: list[str]) -> None:
    days = [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in stated]
    assert ends_in_force(days) == [date.fromisoformat(end) for end in ends]
