"""What the alarms' watch measured, for `/metrics`: disk, certificate, backups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from desk.alarms.conditions import Readings


@dataclass(slots=True, eq=False)
class InstallationMetrics(Collector):
    """Exports the latest readings of the process that watches; the others export none."""

    get_readings: Callable[[], Readings | None]

    def collect(self) -> Iterator[Metric]:
        readings = self.get_readings()
        if readings is None:
            return
        ends, backup = readings.certificate_ends, readings.last_backup
        values: dict[str, tuple[str, float | None]] = {
            "osmodesk_disk_free_bytes": (
                "Free bytes on the disk of MEDIA_DIR, or of the SQLite file.",
                readings.free_bytes,
            ),
            "osmodesk_certificate_end_timestamp_seconds": (
                "When the certificate of PUBLIC_URL ends.",
                ends.timestamp() if ends else None,
            ),
            "osmodesk_last_backup_timestamp_seconds": (
                "When the newest backup in BACKUP_DIR was made.",
                backup.timestamp() if backup else None,
            ),
        }
        for name, (about, value) in values.items():
            if value is not None:
                yield GaugeMetricFamily(name, about, value)
