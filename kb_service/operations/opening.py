"""Finds out who holds the data folder: a serving process gets the work, else this one takes the folder."""

import time

from ingest.errors import EngineBusyError
from ingest.settings import IngestSettings
from kb_service.operations.local import LocalOperations
from kb_service.operations.protocol import Operations
from kb_service.operations.registration import find_service
from kb_service.operations.remote import RemoteOperations
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings

_RETRY_SECONDS = 0.3


def open_operations(
    settings: ServiceSettings, ingest_settings: IngestSettings, runtime: Runtime | None = None
) -> Operations:
    """Return operations on the data folder, waiting while another command has it or a service is starting up.

    A closed ``runtime`` is used again where this process takes the folder, so that its model need not load anew.

    Raises:
        EngineBusyError: it stayed busy for ``settings.busy_timeout_seconds``.
    """
    deadline = time.monotonic() + settings.busy_timeout_seconds
    while True:
        if registration := find_service(settings.data_dir):
            return RemoteOperations(registration)
        runtime = runtime or Runtime(settings, ingest_settings)
        try:
            runtime.open()
            return LocalOperations(runtime)
        except EngineBusyError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_RETRY_SECONDS)
