"""A ledger that tickets tell of their steps, as the service puts them together, without a model."""

import pytest
from sqlalchemy import Engine

from kb_service.suggestions.following import follow_ticket
from kb_service.suggestions.ledger import Ledger
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import DIMENSION, MODEL


@pytest.fixture
def ledger(engine: Engine, tickets: TicketService, clock: Clock) -> Ledger:
    tickets.tell(follow_ticket)
    return Ledger(engine, tickets, MODEL, DIMENSION, clock)
