"""What a search is limited to, as one filter for the engine."""

from datetime import date
from typing import Any

from ingest.document import Meta, day_number
from ingest.store.protocol import Filters
from kb_service.access.principal import Principal, access_filter
from kb_service.search.models import SearchFilters


def build_filters(filters: SearchFilters, principal: Principal, today: date) -> Filters:
    """The principal's access and the request's limits as one filter, versions in force on the asked day only."""
    day = day_number(filters.effective_on or today)
    conditions: list[Filters] = [
        access_filter(principal),
        {"field": f"meta.{Meta.EFFECTIVE_FROM}", "operator": "<=", "value": day},
        {"field": f"meta.{Meta.EFFECTIVE_TO}", "operator": ">=", "value": day},
    ]
    limits: dict[str, list[Any]] = {
        Meta.KIND: [kind.value for kind in filters.kinds],
        Meta.DOCUMENT_ID: filters.document_ids,
        Meta.PRODUCT: filters.products,
    }
    conditions.extend(
        {"field": f"meta.{field}", "operator": "in", "value": values} for field, values in limits.items() if values
    )
    return {"operator": "AND", "conditions": conditions}
