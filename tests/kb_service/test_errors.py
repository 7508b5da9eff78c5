"""What is wrong with a request is said in words that lead on."""

from datetime import date
from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from kb_service.errors import explain_validation


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Size(BaseModel):
    width: int = 1


class Wish(BaseModel):
    colour: Colour = Colour.RED
    some: Literal[Colour.RED, Colour.BLUE] = Colour.RED
    level: Literal[2, 3] = 2
    size: Size = Size()
    names: tuple[str, ...] = ()
    shops: list[str] = Field(["甲"], min_length=1)
    price: float = Field(1.0, gt=0)
    sure: bool = True
    by: date = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"colour": "green"}, "取值应为 red、blue 之一"),
        ({"some": "green"}, "取值应为 red、blue 之一"),
        ({"level": 9}, "取值应为 2、3 之一"),
        ({"size": None}, "应为“名称: 值”"),
        ({"names": None}, "应为数组"),
        ({"shops": []}, "至少 1 项"),
        ({"price": 0}, "应大于 0.0"),
        ({"price": "贵"}, "应为数字"),
        ({"price": []}, "应为数字"),
        ({"sure": []}, "应为 true 或 false"),
        ({"by": []}, "应为 YYYY-MM-DD 格式的日期"),
    ],
)
def test_what_may_be_given_is_said_as_it_is_written(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Wish.model_validate(given)
    assert explain_validation(caught.value.errors()[0]) == told
