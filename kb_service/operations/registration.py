"""The note in the data folder by which other commands find the process that serves it."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

_FILE = "service.json"
_TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True)
class Registration:
    """Where the service listens, and the token that allows changes; readable by its owner alone."""

    url: str
    token: str
    pid: int

    @classmethod
    def create(cls, url: str) -> "Registration":
        return cls(url, secrets.token_urlsafe(32), os.getpid())

    def write(self, data_dir: Path) -> None:
        partial = data_dir / (_FILE + ".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        partial.rename(data_dir / _FILE)


def withdraw(data_dir: Path) -> None:
    (data_dir / _FILE).unlink(missing_ok=True)


def find_service(data_dir: Path) -> Registration | None:
    """The registration of a service that answers now, else None; one left by a killed service does not count."""
    try:
        registration = Registration(**json.loads((data_dir / _FILE).read_text(encoding="utf-8")))
        headers = {"Authorization": f"Bearer {registration.token}"}
        response = httpx.get(f"{registration.url}/v1/operator", headers=headers, timeout=_TIMEOUT_SECONDS)
    except (OSError, ValueError, TypeError, httpx.HTTPError):
        return None
    # The token proves that it is the service of this data folder and no other program on that port.
    return registration if response.status_code == httpx.codes.NO_CONTENT else None
