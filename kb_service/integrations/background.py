"""The threads that deliver events while the service runs: one for each subscription, so that none waits for another."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

from kb_service.integrations.configuration import Subscription
from kb_service.integrations.outbound import OutboundService

_logger = logging.getLogger(__name__)
_PAUSE_SECONDS = 2.0
_STOP_SECONDS = 20.0
"""A little more than one attempt may take."""


@contextmanager
def delivering(outbound: OutboundService, now: Callable[[], datetime]) -> Iterator[None]:
    """Deliver what is due until the block ends."""
    stop = Event()
    outbound.begin(now())
    threads = [
        Thread(target=_deliver, args=(outbound, one, now, stop), name=f"deliver-{one.name}", daemon=True)
        for one in outbound.subscriptions
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_STOP_SECONDS)


def _deliver(outbound: OutboundService, subscription: Subscription, now: Callable[[], datetime], stop: Event) -> None:
    while not stop.is_set():
        try:
            outbound.deliver_due_to(subscription, now())
        except Exception:
            # The database may be away for a while; a thread that ends here would never deliver again.
            _logger.exception("Delivering to %s failed", subscription.name)
        stop.wait(_PAUSE_SECONDS)
