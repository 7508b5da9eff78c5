"""The threads that work while the service runs: one for each subscription, so that none waits for another, one that
watches the clocks and one that forgets old deliveries."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Event, Thread

from kb_service.integrations.clock_alerts import ClockAlerts
from kb_service.integrations.configuration import Subscription
from kb_service.integrations.outbound import OutboundService

_logger = logging.getLogger(__name__)
_PAUSE_SECONDS = 2.0
_STOP_SECONDS = 20.0
"""A little more than one attempt may take."""


@contextmanager
def delivering(outbound: OutboundService, alerts: ClockAlerts, now: Callable[[], datetime]) -> Iterator[None]:
    """Notice clocks that warn or are breached, and deliver what is due, until the block ends."""
    stop = Event()
    outbound.begin(now())
    alerts.begin(now())

    def deliver(subscription: Subscription) -> None:
        outbound.deliver_due_to(subscription, now())

    tasks: dict[str, Callable[[], object]] = {
        "watch-clocks": lambda: alerts.note_due(now()),
        "forget-deliveries": lambda: outbound.purge_delivered(now()),
        **{f"deliver-{one.name}": partial(deliver, one) for one in outbound.subscriptions},
    }
    threads = [Thread(target=_repeat, args=(task, stop), name=name, daemon=True) for name, task in tasks.items()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_STOP_SECONDS)


def _repeat(task: Callable[[], object], stop: Event) -> None:
    while not stop.is_set():
        try:
            task()
        except Exception:
            # The database may be away for a while; a thread that ends here would never work again.
            _logger.exception("A round in the background failed")
        stop.wait(_PAUSE_SECONDS)
