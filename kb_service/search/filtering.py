"""What a search is limited to, as filters for the engine."""

from datetime import date
from typing import Any

from ingest.document import Meta, day_number
from ingest.store.protocol import Filters
from kb_service.access.principal import Principal, access_filter
from kb_service.search.models import LimitName, SearchFilters


def build_filters(filters: SearchFilters, principal: Principal, today: date) -> Filters:
    """The principal's access and the request's limits as one filter, versions in force on the asked day only."""
    return all_of(list(build_limits(filters, principal, today).values()))


def build_limits(filters: SearchFilters, principal: Principal, today: date) -> dict[LimitName, Filters]:
    """Those limits that the search has, each by itself; the principal's access comes first."""
    day = day_number(filters.effective_on or today)
    limits: dict[LimitName, Filters] = {
        "access": access_filter(principal),
        "effective_on": all_of([_condition(Meta.EFFECTIVE_FROM, "<=", day), _condition(Meta.EFFECTIVE_TO, ">=", day)]),
    }
    values: dict[LimitName, tuple[str, list[Any]]] = {
        "kinds": (Meta.KIND, [kind.value for kind in filters.kinds]),
        "document_ids": (Meta.DOCUMENT_ID, filters.document_ids),
        "products": (Meta.PRODUCT, filters.products),
    }
    return limits | {name: _condition(field, "in", wanted) for name, (field, wanted) in values.items() if wanted}


def all_of(conditions: list[Filters]) -> Filters:
    return {"operator": "AND", "conditions": conditions}


def _condition(field: str, operator: str, value: Any) -> Filters:
    return {"field": f"meta.{field}", "operator": operator, "value": value}
