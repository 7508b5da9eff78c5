"""Which column of a table holds which field: by the names that exports use, or as a file beside the table says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from ingest.errors import MalformedSourceError, Origin
from ingest.formats.json_lines import TextObject, TicketObject

SIDECAR_SUFFIX = ".columns.yaml"
"""``faq.xlsx.columns.yaml`` beside ``faq.xlsx`` says in lines ``列名: 字段`` what its columns are."""

FIELDS = frozenset(TextObject.model_fields) | frozenset(TicketObject.model_fields)

_ALIASES = {
    "id": "编号 工单号 工单编号 工单ID 问题编号 知识编号 FAQ编号 单号 ticketid ticketno caseid key issuekey",
    "title": "标题 问题 常见问题 问题标题 工单标题 提问 标准问题 主题 question q subject summary",
    "text": "答案 标准答案 解答 回复 回答 答复 正文 内容 answer a content reply",
    "symptom": "现象 故障现象 问题现象 症状 问题描述 故障描述 描述 description",
    "environment": "环境 运行环境 软硬件环境",
    "diagnosis": "诊断 诊断过程 原因 原因分析 故障原因 排查过程 cause rootcause",
    "solution": "解决方案 解决办法 解决方法 处理结果 处理方法 处理措施 处理方案 处理过程 resolution",
    "outcome": "结果 最终结果 回访结果",
    "product": "产品 产品名称 产品型号 所属产品",
    "source": "来源 出处",
    "category": "分类 类别 问题分类 问题类型 类型 type",
    "priority": "优先级 紧急程度 severity",
    "channel": "渠道 受理渠道 报修渠道 来源渠道",
    "opened_at": "创建时间 提交时间 报修时间 受理时间 建单时间 created createdat opentime createtime",
    "resolved_at": "解决时间 关闭时间 完成时间 resolved closed closedat resolvedtime",
    "effective_from": "生效日期 施行日期",
    "effective_to": "失效日期 废止日期",
}
_RUNNING_NUMBER = {"序号", "no", "no.", "#", "行号"}
_IN_BRACKETS = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_NOISE = re.compile(r"[\s_\-*:：]")
_LONGEST_SIDECAR_CHARS = 100_000


def _plain(name: str) -> str:
    return _NOISE.sub("", _IN_BRACKETS.sub("", name)).lower()


@dataclass(frozen=True)
class Columns:
    """The columns of one table, by position from 0.

    Attributes:
        names: position -> name, for every column that has one.
        fields: position -> field that the column holds.
        left_out: positions whose cells say nothing, such as a running number.
    """

    names: Mapping[int, str]
    fields: Mapping[int, str]
    left_out: frozenset[int]

    @property
    def is_ticket(self) -> bool:
        return {"symptom", "solution"} <= set(self.fields.values())

    @property
    def is_faq(self) -> bool:
        held = set(self.fields.values())
        return {"title", "text"} <= held or {"id", "text"} <= held or {"title", "solution"} <= held


def match_columns(header: Mapping[int, str], stated: Mapping[str, str]) -> Columns:
    """Tell what the columns with these names hold; what ``stated`` says of a column wins over its name.

    Where two columns would hold the same field, the first does and the other keeps its name.
    """
    known = {_plain(name): target for target, names in _ALIASES.items() for name in (target, *names.split())}
    known |= {_plain(target): target for target in FIELDS}
    said = {_plain(name): target for name, target in stated.items()}
    fields: dict[int, str] = {}
    left_out = set()
    order = sorted(header, key=lambda position: (_plain(header[position]) not in said, position))
    for position in order:
        plain = _plain(header[position])
        target = said[plain] if plain in said else known.get(plain)
        if target == "" or (target is None and plain in _RUNNING_NUMBER):
            left_out.add(position)
        elif target and target not in fields.values():
            fields[position] = target
    return Columns(dict(header), fields, frozenset(left_out))


def find_header(rows: Sequence[Mapping[int, str]], stated: Mapping[str, str]) -> tuple[int, Columns] | None:
    """Position in ``rows`` of the first that names the columns of a FAQ or of tickets, and these; None without one."""
    for index, row in enumerate(rows):
        columns = match_columns(row, stated)
        if len(columns.fields) > 1 and (columns.is_faq or columns.is_ticket):
            return index, columns
    return None


def parse_sidecar(content: str, origin: Origin) -> dict[str, str]:
    """Column name -> field, ``""`` for a column that is to be left out.

    Raises:
        MalformedSourceError: it is no YAML mapping of names, or names a field that does not exist.
    """
    remedy = "请逐行写成 列名: 字段 的形式，字段见 README 的字段表；留空表示不要这一列"
    try:
        values = yaml.safe_load(content[:_LONGEST_SIDECAR_CHARS])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MalformedSourceError(origin, "列对照文件不是合法的 YAML", remedy) from error
    if not isinstance(values, dict):
        raise MalformedSourceError(origin, "列对照文件应为“列名: 字段”的形式", remedy)
    stated = {str(name): "" if target is None else str(target) for name, target in values.items()}
    if unknown := sorted({target for target in stated.values() if target and target not in FIELDS}):
        raise MalformedSourceError(origin, f"列对照文件中的字段不存在：{'、'.join(unknown)}", remedy)
    return stated
