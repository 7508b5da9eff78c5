"""What is wrong with a request is said in words that lead on."""

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from kb_service.errors import explain_validation


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Wish(BaseModel):
    colour: Colour = Colour.RED
    some: Literal[Colour.RED, Colour.BLUE] = Colour.RED
    level: Literal[2, 3] = 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"colour": "green"}, "取值应为 red、blue 之一"),
        ({"some": "green"}, "取值应为 red、blue 之一"),
        ({"level": 9}, "取值应为 2、3 之一"),
    ],
)
def test_what_may_be_chosen_is_listed_as_it_is_written(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Wish.model_validate(given)
    assert explain_validation(caught.value.errors()[0]) == told
