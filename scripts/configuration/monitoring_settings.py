"""Settings of the log, of the metrics and of the alarms."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings

_YEAR = 366 * 24 * 60
_MOST_DAYS = 36_500


def _to_upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class MonitoringSettings(BaseSettings):
    """How an operator sees that the desk is well."""

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_to_upper)
    ] = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_sql: bool = Field(default=False, description="true or false")
    log_slow_sql: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="seconds, such as 0.5; leave it out to log no slow statements",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="a port from 0 (any free port) to 65535, such as 8081: `osmodesk worker` "
        "serves its metrics there, or on the next free port; leave it out for none",
    )
    alarms: bool = Field(
        default=True,
        description="true (the staff group is told of what goes wrong) or false",
    )
    alarm_free_mb: int = Field(
        default=1000,
        ge=0,
        description="megabytes: an alarm begins when less is free on the disk, or 0: never",
    )
    alarm_waiting_minutes: int = Field(
        default=5,
        ge=0,
        le=_YEAR,
        description="minutes that a message may wait before there is an alarm, or 0: never",
    )
    alarm_certificate_days: int = Field(
        default=14,
        ge=0,
        le=_MOST_DAYS,
        description="days before the certificate of PUBLIC_URL ends: an alarm begins then, or 0: "
        "never",
    )
    alarm_backup_hours: int = Field(
        default=36,
        ge=0,
        le=_YEAR,
        description="hours without a new backup in BACKUP_DIR before an alarm begins, or 0: never",
    )
    backup_dir: Path | None = Field(
        default=None,
        description="the folder of the backups, such as /var/backups/osmodesk; leave it out for "
        "no alarm about backups",
    )
