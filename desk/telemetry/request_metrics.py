"""Count HTTP requests by route, never by address, so that there are few labels."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

# Seconds; fewer buckets than for deliveries, because there are a hundred routes.
BUCKETS = (0.005, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_BUCKET_NAMES = (*map(str, BUCKETS), "+Inf")
_LABELS = ("method", "route", "status")
# All made-up methods share one label.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_LABEL = "other"

_Key = tuple[str, str, str]


class RequestMetrics(Collector):
    """The requests of one process: their number, and the time to the first byte."""

    def __init__(self) -> None:
        # For each key: the counts per bucket, and the sum of the seconds.
        self._buckets: defaultdict[_Key, list[int]] = defaultdict(lambda: [0] * len(_BUCKET_NAMES))
        self._seconds: defaultdict[_Key, float] = defaultdict(float)

    def count_response(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a response; `route` is its pattern, None if there is no such route."""
        method = method if method in _METHODS else OTHER_LABEL
        key = (method, route or OTHER_LABEL, f"{status // 100}xx")
        self._buckets[key][bisect_left(BUCKETS, seconds)] += 1
        self._seconds[key] += seconds

    def collect(self) -> Iterator[Metric]:
        count = CounterMetricFamily(
            "osmodesk_http_requests", "Requests answered, by route and status.", labels=_LABELS
        )
        took = HistogramMetricFamily(
            "osmodesk_http_seconds",
            "Seconds from a request's head until its response began, including its body.",
            labels=_LABELS,
        )
        for key, places in self._buckets.items():
            count.add_metric(key, sum(places))
            buckets = zip(_BUCKET_NAMES, map(float, accumulate(places)), strict=True)
            took.add_metric(key, list(buckets), self._seconds[key])
        yield from (count, took)
