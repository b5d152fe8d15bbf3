"""Alert rules name metrics and labels that exist."""

import re

from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from db.database import Database
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.alarms.conditions import Readings
from desk.errors import RateLimited
from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics
from desk.telemetry.request_metrics import RequestMetrics
from scripts.monitoring.installation_metrics import InstallationMetrics
from tests.docs.alert_rules import list_selectors, load_rules


async def test_every_metric_and_label_of_a_rule_exists(migrated_sqlite_url: str) -> None:
    database = Database(parse_database_url(migrated_sqlite_url))
    metrics, requests, backlog = Metrics(lambda: 0), RequestMetrics(), Backlog(database)
    readings = Readings(now_utc(), 1, certificate_ends=now_utc(), last_backup=now_utc())
    metrics.register(requests, backlog, InstallationMetrics(lambda: readings))
    requests.count_response("GET", "/x", 500, 0.1)
    metrics.count_step("customer", "answer")
    metrics.count_failure("staff", "copy", RateLimited(1.0), "group:1")
    try:
        await backlog.refresh()
        text = generate_latest(metrics.registry).decode()
    finally:
        await database.close()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    named = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert len(list_selectors()) >= 10
    for name, labels in list_selectors():
        assert name in named
        # Jobs have no sample while there are none.
        assert labels <= found.get(name, {"kind", "state"})


def test_every_rule_says_what_to_do() -> None:
    names = [rule["alert"] for rule in load_rules()]
    assert len(set(names)) == len(names)
    for rule in load_rules():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["action"]
