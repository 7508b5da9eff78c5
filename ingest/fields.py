"""What a source may say about itself, in front matter or as JSON fields."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import SequenceMatcher
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest.document import ALWAYS, Kind
from ingest.errors import MalformedSourceError, Origin
from ingest.normalizer import normalize_line

Fields = TypeVar("Fields", bound=BaseModel)

_FOLDER_KINDS = {
    "regulations": Kind.REGULATION,
    "regulation": Kind.REGULATION,
    "faq": Kind.FAQ,
    "manuals": Kind.MANUAL,
    "manual": Kind.MANUAL,
    "tickets": Kind.TICKET,
    "ticket": Kind.TICKET,
}
_REGULATION_WORDS = ("制度", "规定", "办法", "规程", "细则", "守则", "条例", "章程", "准则", "法", "解释")
_METHOD_WORDS = ("方法", "用法", "做法", "写法", "算法", "语法", "名词解释")
_TRAILING_BRACKETS = re.compile(r"(?:\s*[（(][^（）()]*[）)])+\s*$")

_NEAR_MISS = 0.8
_NEAR_MISS_OF_OTHER_LENGTH = 0.9
"""Share of letters in common, in order, from which on a foreign key is taken for a misspelt field."""

_HIGHEST_CLEARANCE = 2**31 - 1
"""What every database's integer column holds."""

_MESSAGES = {
    "missing": "必须填写",
    "string_type": "应为文本",
    "string_too_short": "不能为空",
    "enum": "取值应为 regulation、faq、manual、ticket 之一",
    "date_from_datetime_parsing": "应为 YYYY-MM-DD 格式的日期",
    "date_parsing": "应为 YYYY-MM-DD 格式的日期",
    "date_type": "应为 YYYY-MM-DD 格式的日期",
    "date_from_datetime_inexact": "应为 YYYY-MM-DD 格式的日期",
    "datetime_from_date_parsing": "应为 YYYY-MM-DD 或 YYYY-MM-DDThh:mm:ss 格式的时间",
    "datetime_parsing": "应为 YYYY-MM-DD 或 YYYY-MM-DDThh:mm:ss 格式的时间",
    "datetime_type": "应为 YYYY-MM-DD 或 YYYY-MM-DDThh:mm:ss 格式的时间",
    "string_unicode": "含有无法编码的字符",
    "int_parsing": "应为整数",
    "int_parsing_size": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "finite_number": "应为整数",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
    "tuple_type": "应为列表",
    "extra_forbidden": "是不认识的字段",
}


class DocumentFields(BaseModel):
    """Fields common to every format; unknown ones are refused, since a misspelt date would be lost silently.

    Front matter may hold keys of other programs as well: `keep_known` tells them from misspelt fields.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, str_strip_whitespace=True)

    title: str | None = None
    kind: Kind | None = None
    version: str | None = Field(None, min_length=1)
    version_of: str | None = Field(None, min_length=1)
    product: str | None = None
    source: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    clearance: int = Field(0, ge=0, le=_HIGHEST_CLEARANCE)
    departments: tuple[str, ...] = ()

    @field_validator("title", "version", mode="before")
    @classmethod
    def _day_as_text(cls, value: Any) -> Any:
        # YAML reads an unquoted 2025-01-01 as a day.
        return value.isoformat() if isinstance(value, date) else value

    @field_validator("title", "product", "source", "version")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return normalize_line(value) if value else None

    @model_validator(mode="after")
    def _period(self) -> "DocumentFields":
        if self.effective_from and self.effective_to and self.effective_from > self.effective_to:
            raise ValueError(f"effective_from {self.effective_from} 晚于 effective_to {self.effective_to}")
        return self

    @property
    def version_label(self) -> str:
        """The stated version, else the day it takes effect, else ``"1"``."""
        if self.version:
            return self.version
        return self.effective_from.isoformat() if self.effective_from else "1"

    @property
    def period(self) -> tuple[date, date]:
        return self.effective_from or date.min, self.effective_to or ALWAYS


def keep_known(values: Mapping[Any, Any], model: type[BaseModel], origin: Origin) -> dict[str, Any]:
    """The entries of ``values`` that are fields of ``model``; keys that other programs use are left out.

    Raises:
        MalformedSourceError: a key looks like a misspelt field; its value would be lost silently.
    """
    known = model.model_fields.keys()
    misspelt = {key: meant for key in map(str, values) if key not in known and (meant := find_misspelt(key, known))}
    if misspelt:
        problems = "；".join(f"字段“{key}”是不认识的字段，应为“{meant}”" for key, meant in misspelt.items())
        raise MalformedSourceError(origin, problems, "请改正字段名后重试")
    return {str(key): value for key, value in values.items() if str(key) in known}


def find_misspelt(key: str, known: Iterable[str]) -> str | None:
    """The field that ``key`` was probably meant to be: other case or hyphens, or a letter or two wrong."""
    plain = _plain(key)
    nearest, best = None, 0.0
    for field in known:
        meant = _plain(field)
        ratio = SequenceMatcher(None, plain, meant, autojunk=False).ratio()
        least = _NEAR_MISS if abs(len(plain) - len(meant)) <= 1 else _NEAR_MISS_OF_OTHER_LENGTH
        if ratio >= least and ratio > best:
            nearest, best = field, ratio
    return nearest


def _plain(key: str) -> str:
    return re.sub(r"[\s_\-.]", "", key).lower()


def check_fields(model: type[Fields], values: Any, origin: Origin) -> Fields:
    """Validate ``values`` against ``model``.

    Raises:
        MalformedSourceError: names each wrong field and what it should be.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = "；".join(_explain(item) for item in error.errors(include_url=False))
        # The validator's own message quotes the values.
        raise MalformedSourceError(origin, problems, "请按 README 的字段表修正后重试") from None


def _explain(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    own = item["msg"].removeprefix("Value error, ") if item["type"] == "value_error" else "取值不正确"
    message = _MESSAGES.get(item["type"], own)
    return f"字段“{where}”{message}" if where else message


def infer_kind(document_id: str, title: str) -> Kind:
    """Kind of a document that states none: by a folder of its path, else by its title, else a manual."""
    for folder in reversed(document_id.split("/")[:-1]):
        if folder.lower() in _FOLDER_KINDS:
            return _FOLDER_KINDS[folder.lower()]
    name = _TRAILING_BRACKETS.sub("", title)
    is_regulation = name.endswith(_REGULATION_WORDS) and not name.endswith(_METHOD_WORDS)
    return Kind.REGULATION if is_regulation else Kind.MANUAL
