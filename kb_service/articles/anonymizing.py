"""What goes into an article, without the people and customers that it was learnt from.

Events are kept for ever, so everything is masked before it becomes part of one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.privacy.masking import mask

CUSTOMER = "[客户]"

_MASKED = ("title", "symptom", "environment", "cause", "solution", "reason")
_COMPANY_ENDING = re.compile(r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|公司|集团)$")
_SHORTEST_STEM = 3
"""Of a customer's name without its ending; what is shorter may be any word."""


def anonymized(fields: Mapping[str, Any], customers: Iterable[str]) -> dict[str, Any]:
    """``fields`` with the personal data and the customers' names in their texts masked; keys and labels stay."""
    names = list(customers)
    return {
        name: mask(_without_customers(value, names), addresses=True).text
        if name in _MASKED and isinstance(value, str)
        else value
        for name, value in fields.items()
    }


def _without_customers(text: str, customers: Iterable[str]) -> str:
    forms = {form for customer in customers for form in _forms(customer)}
    for form in sorted(forms, key=lambda name: (-len(name), name)):
        text = re.sub(re.escape(form), CUSTOMER, text, flags=re.IGNORECASE)
    return text


def _forms(customer: str) -> list[str]:
    """A name as it is registered, and as people say it."""
    stem = _COMPANY_ENDING.sub("", customer)
    return [customer, stem] if len(stem) >= _SHORTEST_STEM else [customer]
