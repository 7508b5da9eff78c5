"""What a reader sees and can write down."""

import pytest

from ingest.citation import citation_label, clause_part
from ingest.document import SourceRecord
from ingest.errors import Origin
from ingest.parser import parse


@pytest.mark.parametrize(
    ("content", "marker", "citation"),
    [
        ("技术支持组规章制度\n第三章 职责\n第十五条 记录。", "第十五条", "《技术支持组规章制度》第三章第十五条"),
        ("工程部管理制度\n4.12、统计表。", "4.12", "《工程部管理制度》第4.12条"),
        ("值班规定\n四、流程\n（二）交接\n1. 当面。", "1", "《值班规定》四、（二）1"),
        ("合集\n值班管理规定\n第一条 甲。", "第一条", "《值班管理规定》第一条"),
        ("值班规定\n第一条 甲：\n（一）乙。", "（一）", "《值班规定》第一条第（一）项"),
        ("值班规定\n第一条 甲。\n乙：\n（一）丙。", "（一）", "《值班规定》第一条第二款第（一）项"),
        ("值班规定\n第一条 甲。", None, "《值班规定》"),
    ],
)
def test_regulation(content: str, marker: str | None, citation: str) -> None:
    [document] = parse(SourceRecord("regulations/a", "text", Origin("a.txt"), content, "digest"))
    section = next((item.index for item in document.sections if item.marker == marker), None)
    assert (section is None) == (marker is None)
    assert citation_label(document, section) == citation


@pytest.mark.parametrize(
    ("citation", "clause"),
    [
        ("《技术支持组规章制度》第三章第十五条", "第三章第十五条"),
        ("《合集》《值班管理规定》第4.12条", "第4.12条"),
        ("工单 TK-2025-1003《断网》", ""),
    ],
)
def test_clause_part(citation: str, clause: str) -> None:
    assert clause_part(citation) == clause


def test_manual_by_its_headings() -> None:
    content = "# 网关手册\n\n## 安装\n\n### 接线\n\n正文"
    [document] = parse(SourceRecord("manuals/a", "markdown", Origin("a.md"), content, "digest"))
    assert citation_label(document, 1) == "《网关手册》安装 › 接线"


def test_ticket_by_its_number() -> None:
    content = {"id": "TK-2025-1003", "kind": "ticket", "title": "断网", "symptom": "断网", "solution": "重启"}
    [document] = parse(SourceRecord("TK-2025-1003", "json-line", Origin("t.jsonl", 3), content, "digest"))
    assert citation_label(document, None) == "工单 TK-2025-1003《断网》"
    assert citation_label(document, 1) == "工单 TK-2025-1003《断网》解决"
