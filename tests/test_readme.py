"""The README says what is so, and both languages say the same."""

import re
from io import StringIO

import pytest
from rich.console import Console

from ingest.fields import DocumentFields
from ingest.formats.json_lines import TextObject, TicketObject
from ingest.report import IngestReport
from ingest.settings import IngestSettings
from kb_service.console import print_report
from kb_service.settings import ServiceSettings
from tests.conftest import ROOT

ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
BOTH = pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["README.md", "README.zh-CN.md"])


def headings(text: str) -> list[int]:
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [len(match) for match in re.findall(r"^(#+) ", without_code, flags=re.MULTILINE)]


def code_blocks(text: str) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL)


def names_in_tables(text: str) -> list[str]:
    rows = re.findall(r"^\|(.*?)\|", text, flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_both_languages_have_the_same_shape() -> None:
    assert headings(ENGLISH) == headings(CHINESE)
    assert code_blocks(ENGLISH) == code_blocks(CHINESE)
    assert names_in_tables(ENGLISH) == names_in_tables(CHINESE)
    assert re.findall(r"\]\((docs[^)]*)\)", ENGLISH) == re.findall(r"\]\((docs[^)]*)\)", CHINESE)
    for name in ("quality", "speed", "ingestion", "suggestions"):
        generated = rf"<!-- {name}:begin -->(.*)<!-- {name}:end -->"
        [table] = re.findall(generated, ENGLISH, re.DOTALL)
        assert re.findall(generated, CHINESE, re.DOTALL) == [table]


@BOTH
def test_every_setting_is_listed_with_its_default(text: str) -> None:
    listed = dict(re.findall(r"^\| `(KB_\w+)` \| (.*?) \|", text, flags=re.MULTILINE))
    fields = {**IngestSettings.model_fields, **ServiceSettings.model_fields}
    assert set(listed) == {f"KB_{name.upper()}" for name in fields}
    for name, field in fields.items():
        if field.default is not None:
            assert listed[f"KB_{name.upper()}"] == f"`{field.default}`", name


@BOTH
def test_every_field_of_a_source_is_listed(text: str) -> None:
    known = {*DocumentFields.model_fields, *TextObject.model_fields, *TicketObject.model_fields}
    assert known <= set(names_in_tables(text))


@BOTH
def test_links_and_images_exist(text: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


@BOTH
def test_commands_exist(text: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"[`$ ]make ([a-z]+)", text):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    from typer.main import get_command

    from kb_service.cli import app

    commands = get_command(app)
    for line in re.findall(r"\.venv/bin/kb ([^\n]+)", text):
        command = commands
        for word in line.split()[:2]:
            children = getattr(command, "commands", {})
            if word in children:
                command = children[word]
        assert command is not commands, line
        for option in re.findall(r"--[\w-]+", line):
            assert option in {name for parameter in command.params for name in parameter.opts}, line


@BOTH
def test_what_the_first_run_prints_is_what_it_prints(text: str) -> None:
    printed = StringIO()
    print_report(
        Console(file=printed, color_system=None), IngestReport(added=322, chunks=1004, embedded=1004, seconds=26.3)
    )
    assert printed.getvalue() in text


def test_decision_records_are_all_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_ci_runs_the_readme_s_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
