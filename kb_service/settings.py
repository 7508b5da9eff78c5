"""What the service can be told; built once, passed down."""

from ipaddress import ip_address
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings of the service half, from environment variables with the prefix ``KB_``."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path(".kb-data"), description="everything that is kept lies under this folder")
    database_url: str | None = Field(None, description="SQLAlchemy URL; without it a SQLite file in the data folder")
    host: str = Field("127.0.0.1", description="address that `kb serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `kb serve` listens on; 0 takes a free one")
    time_zone: str = Field("Asia/Shanghai", description="zone whose calendar day counts as today")
    service_levels: Path | None = Field(None, description="YAML file of working hours and targets")
    obligations: Path | None = Field(None, description="YAML file of when which rules apply to a ticket")
    integrations: Path | None = Field(None, description="YAML file of foreign systems and subscriptions")
    article_review_days: int = Field(180, ge=1, le=3_650, description="days after which an article is reviewed again")
    search_log_days: int = Field(180, ge=0, le=3_650, description="days for which searches are kept; 0 keeps none")
    delivered_webhook_days: int = Field(
        90, ge=1, le=3_650, description="days for which deliveries that subscribers took are kept"
    )
    busy_timeout_seconds: float = Field(60, ge=0, description="how long a command waits for another one's index")

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'kb.sqlite3'}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
