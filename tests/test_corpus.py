"""The shipped texts and their labels: complete, well-formed, told in different words, free of personal data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.document import SourceRecord
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
LABELS = ROOT / "eval" / "labels"
FILES = sorted(path for path in (*CORPUS.rglob("*"), *LABELS.glob("*.tsv")) if path.is_file())
MOST_BYTES = 2**20

FAQ_FIELDS = {"id", "kind", "title", "text", "product"}
TICKET_TEXTS = ("title", "symptom", "environment", "diagnosis", "solution", "outcome")
TICKET_FIELDS = {
    *("id", "kind", "product", "category", "priority", "channel", "line", "opened_at", "resolved_at"),
    *TICKET_TEXTS,
}
PRODUCTS = {
    *("衡川ERP", "衡川OA", "衡川邮箱", "衡会", "衡川VPN", "衡川网盘", "办公终端", "服务器与网络", "数据库"),
    *("采集网关GW200", "热熔焊机HZ315", "电熔焊机DR500"),
}
DEPARTMENT = "技术支持部"
TICKET_VALUES = {
    "kind": {"ticket"},
    "product": PRODUCTS,
    "category": {
        *("账号权限", "网络接入", "打印输出", "数据库", "报表统计", "邮件收发", "会议音视频", "终端系统"),
        *("服务器存储", "接口集成", "安装升级", "现场设备", "数据修复", "文件同步", "流程审批"),
    },
    "priority": {"P1", "P2", "P3", "P4"},
    "channel": {"电话", "邮件", "在线"},
    "line": {"一线", "二线"},
}
FAQ_VALUES = {"kind": {"faq"}, "product": PRODUCTS | {DEPARTMENT}}

GRAM_CHARS = 5
MOST_SHARED = 0.6

PERSONAL_DATA = {
    "mobile number": re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),
    "telephone number": re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"),
    "service number": re.compile(r"(?<!\d)[48]00-\d{3}-?\d{4}(?!\d)"),
    "ID number": re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),
    "e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"),
}

# Family -> how its codes end; what stands before the end is joined to it by a hyphen, always.
CODE_FAMILIES = {
    **dict.fromkeys(("PPR", "FIN", "INV", "OA", "MAIL", "MEET", "DRV"), r"\d{4}"),
    "VPN": r"E\d{3}",
    **dict.fromkeys(("GW", "HZ", "DR"), r"E\d{2}"),
}
# A code in a query: letters and digits, joined by hyphens or a space.
CODE = re.compile(r"0x[0-9a-f]+|[a-z][a-z0-9]*(?:[-_ ](?=[a-z0-9]*\d)[a-z0-9]+)*", re.IGNORECASE)
SEPARATORS = "-_ "


@dataclass(frozen=True)
class Line:
    place: str
    fields: dict[str, Any]

    @property
    def text(self) -> str:
        """All text fields of a FAQ or ticket, the title first."""
        return "\n".join(self.fields[name] for name in (*TICKET_TEXTS, "text") if name in self.fields)


@cache
def json_lines(folder: str) -> tuple[Line, ...]:
    return tuple(
        Line(f"{path.name}:{number}", json.loads(line))
        for path in sorted((CORPUS / folder).glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


@cache
def documents() -> dict[str, str]:
    """Text of every document by its id; versions of one document stand under their files' names."""
    files = {
        path.relative_to(CORPUS).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for folder in ("regulations", "manuals")
        for path in sorted((CORPUS / folder).iterdir())
    }
    return files | {line.fields["id"]: line.text for folder in ("faq", "tickets") for line in json_lines(folder)}


def front_matter(path: Path) -> dict[str, Any]:
    _, fields, _ = path.read_text(encoding="utf-8").split("---\n", 2)
    loaded = yaml.safe_load(fields)
    assert isinstance(loaded, dict)
    return loaded


def superseded() -> dict[str, dict[str, Any]]:
    """Front matter of the files that hold an older version of a document, by the files' names."""
    paths = (CORPUS / "regulations").glob("*.md")
    return {f"regulations/{path.stem}": fields for path in paths if "version_of" in (fields := front_matter(path))}


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (LABELS / name).read_text(encoding="utf-8").splitlines()]


def test_there_is_enough_of_each_kind() -> None:
    assert len(list((CORPUS / "regulations").iterdir())) >= 12
    assert len(json_lines("faq")) >= 80
    assert len(list((CORPUS / "manuals").glob("*.md"))) >= 10
    assert len(json_lines("tickets")) >= 150


@pytest.mark.parametrize(
    ("folder", "fields", "values"),
    [("faq", FAQ_FIELDS, FAQ_VALUES), ("tickets", TICKET_FIELDS, TICKET_VALUES)],
)
def test_every_line_has_exactly_the_known_fields_and_values(
    folder: str, fields: set[str], values: dict[str, set[str]]
) -> None:
    for line in json_lines(folder):
        assert set(line.fields) == fields, line.place
        assert all(isinstance(value, str) and value.strip() for value in line.fields.values()), line.place
        for name, known in values.items():
            assert line.fields[name] in known, (line.place, name)


def test_ids_are_unique_and_formed_as_promised() -> None:
    faq = [line.fields["id"] for line in json_lines("faq")]
    tickets = [line.fields["id"] for line in json_lines("tickets")]

    assert [name for name, count in Counter(faq + tickets).items() if count > 1] == []
    assert [name for name in faq if not re.fullmatch(r"faq-[a-z]+-\d{3}", name)] == []
    assert [name for name in tickets if not re.fullmatch(r"TK-\d{4}-\d{4}", name)] == []


def test_the_reader_takes_in_everything_under_the_ids_that_labels_use() -> None:
    versions = []
    for source in find_sources([CORPUS]):
        assert isinstance(source, SourceFile)
        for record in read_records(source, MOST_BYTES):
            assert isinstance(record, SourceRecord)
            [parsed] = parse(record)
            versions.append((parsed.document_id, parsed.version))

    assert {name for name, _ in versions} == set(documents()) - set(superseded())
    assert len(set(versions)) == len(versions) == len(documents())


def test_the_readme_names_every_field_and_value() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    fields = FAQ_FIELDS | TICKET_FIELDS | {name for path in CORPUS.rglob("[!R]*.md") for name in front_matter(path)}
    values = {value for name in ("category", "channel", "line", "kind") for value in TICKET_VALUES[name]}

    assert [name for name in fields if f"`{name}`" not in readme] == []
    assert [value for value in values if value not in readme] == []


def test_tickets_are_resolved_after_they_were_opened_in_the_year_of_their_id() -> None:
    for line in json_lines("tickets"):
        opened, resolved = (datetime.fromisoformat(line.fields[name]) for name in ("opened_at", "resolved_at"))
        assert opened.tzinfo is not None, line.place
        assert opened < resolved, line.place
        assert line.fields["id"].split("-")[1] == str(opened.year), line.place


def test_front_matter_states_what_a_citation_needs() -> None:
    wanted = {
        "regulations": ({"title", "kind", "version", "effective_from"}, {"effective_to", "version_of"}),
        "manuals": ({"title", "kind", "version", "product"}, set[str]()),
    }
    for folder, (required, optional) in wanted.items():
        for path in (CORPUS / folder).glob("*.md"):
            fields = front_matter(path)
            assert required <= set(fields) <= required | optional, path.name
            assert fields["kind"] == folder.removesuffix("s"), path.name
            assert f"\n# {fields['title']}\n" in path.read_text(encoding="utf-8"), path.name
            assert fields.get("product") in PRODUCTS | {None}, path.name


def test_a_superseded_version_ends_on_the_day_before_its_successor_begins() -> None:
    assert superseded()
    for old in superseded().values():
        new = front_matter(CORPUS / f"{old['version_of']}.md")
        assert new["title"] == old["title"]
        assert new["version"] != old["version"]
        end, begin = old["effective_to"], new["effective_from"]
        assert isinstance(end, date)
        assert (begin - end).days == 1


@pytest.mark.parametrize("path", sorted((CORPUS / "manuals").glob("*.md")), ids=lambda path: path.stem)
def test_a_manual_has_sections_a_table_and_closed_code_blocks(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(re.findall(r"^##+ ", text, re.MULTILINE)) >= 3
    assert re.search(r"^\|(?:-+\|)+$", text, re.MULTILINE)
    fences = len(re.findall(r"^```", text, re.MULTILINE))
    assert fences >= 2
    assert fences % 2 == 0


def grams(text: str) -> set[str]:
    return {text[start : start + GRAM_CHARS] for start in range(len(text) - GRAM_CHARS + 1)}


def copies(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs that share more than ``MOST_SHARED`` of the 5-grams of the shorter one."""
    sets = {name: grams(text) for name, text in texts.items()}
    for (one, first), (other, second) in combinations(sets.items(), 2):
        if len(first & second) > MOST_SHARED * min(len(first), len(second)):
            yield one, other


def test_no_two_tickets_or_answers_are_told_in_the_same_words() -> None:
    texts = {line.fields["id"]: line.text for folder in ("faq", "tickets") for line in json_lines(folder)}

    assert list(copies(texts)) == []


def test_a_lightly_edited_copy_would_be_found() -> None:
    original = json_lines("tickets")[0].text
    edited = original.replace("今早", "昨晚").replace("192.168.30.20", "192.168.30.21") + "客户已确认。"

    assert list(copies({"original": original, "edited": edited})) == [("original", "edited")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_plain_utf8_text_without_personal_data(path: Path) -> None:
    data = path.read_bytes()
    text = data.decode()

    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert {what: found for what, pattern in PERSONAL_DATA.items() if (found := pattern.findall(text))} == {}


@pytest.mark.parametrize("family", CODE_FAMILIES)
def test_codes_of_a_family_are_written_with_a_hyphen(family: str) -> None:
    ending = CODE_FAMILIES[family]
    everything = "\n".join(documents().values())
    without_hyphen = rf"(?<![A-Za-z0-9]){family}[ _]?{ending}(?![A-Za-z0-9])"

    assert re.search(rf"(?<![A-Za-z0-9]){family}-{ending}(?![A-Za-z0-9])", everything)
    assert re.findall(without_hyphen, everything, re.IGNORECASE) == []


def test_cause_labels_group_existing_tickets() -> None:
    tickets = {line.fields["id"] for line in json_lines("tickets")}
    labels = rows("ticket_causes.tsv")
    sizes = Counter(cause for cause, _ in labels)

    assert {ticket for _, ticket in labels} <= tickets
    assert max(Counter(ticket for _, ticket in labels).values()) == 1
    assert min(sizes.values()) >= 2
    assert len(sizes) >= 60


def holders(code: str) -> set[str]:
    """Ids of the documents whose text holds ``code``, whatever the case and whatever joins its characters."""
    characters = (re.escape(character) for character in code if character not in SEPARATORS)
    pattern = re.compile(rf"(?<![a-z0-9]){f'[{re.escape(SEPARATORS)}]?'.join(characters)}(?![a-z0-9])", re.IGNORECASE)
    return {name for name, text in documents().items() if pattern.search(text)}


def test_code_queries_list_every_document_with_the_code() -> None:
    header, *labels = rows("code_queries.tsv")

    assert header == ["query", "documents"]
    assert len(labels) >= 24
    assert len({query for query, _ in labels}) == len(labels)
    for query, listed in labels:
        (code,) = (found for found in CODE.findall(query) if any(character.isdigit() for character in found))
        names = listed.split(",")
        assert len(set(names)) == len(names), query
        assert set(names) == holders(code), query
