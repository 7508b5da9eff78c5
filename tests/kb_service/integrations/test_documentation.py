"""docs/integrations.md says what is so: its file is read, its example is taken, its names exist."""

import json
import re
from datetime import UTC, datetime

import yaml
from starlette.datastructures import Headers

from kb_service.integrations.configuration import Integrations
from kb_service.integrations.event_types import KNOWN_TYPES
from kb_service.integrations.inbound import InboundService
from kb_service.integrations.models import Outcome
from kb_service.integrations.systems.registry import SYSTEMS
from kb_service.tickets.service import TicketService
from tests.conftest import ROOT
from tests.kb_service.conftest import Clock
from tests.kb_service.integrations.conftest import ON_SQLITE_ALONE
from tests.kb_service.integrations.sending_systems import SECRETS, sign

TEXT = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)\n```", TEXT, re.DOTALL)
    assert found
    return found[1]


def test_the_file_shown_is_one_that_is_read() -> None:
    read = Integrations.build(yaml.safe_load(block("yaml")))
    assert [one.name for one in (*read.connections, *read.subscriptions)] == ["helpdesk", "portal", "erp"]
    assert read.dify


@ON_SQLITE_ALONE
def test_the_generic_example_is_taken(inbound: InboundService, tickets: TicketService, clock: Clock) -> None:
    head, body = block("http").split("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    [secret] = re.findall(r"signed with `(whsec_\S+)`", TEXT)
    connection = {"name": "portal", "system": "generic", "secret": secret}
    clock.moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    inbound._integrations = Integrations.build({"connections": [connection]})
    answer, is_new = inbound.receive("portal", Headers(headers), body.encode())
    assert (answer.outcome, is_new) == (Outcome.CREATED, True)
    assert tickets.get(answer.ticket_id or "").external_id == "R-1001"


def test_systems_headers_and_events_are_named_as_they_are() -> None:
    for system in SYSTEMS:
        assert system in block("yaml")
        for header in sign(system, b"{}", datetime.now(UTC)):
            assert header in TEXT.lower()
    assert set(SYSTEMS) == set(SECRETS)
    assert set(re.findall(r"ticket\.[a-z_]+(?=[`,\]])", TEXT)) - {"ticket.id"} <= set(KNOWN_TYPES)
    for shown in re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL):
        assert json.loads(shown)["type"] in KNOWN_TYPES
