"""Counts what the web server is asked, by route and never by address: labels stay few."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

# Seconds; fewer than of deliveries, for there are a hundred routes.
BOUNDS = (0.005, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_NAMES = (*map(str, BOUNDS), "+Inf")
_LABELS = ("method", "route", "status")
# What somebody makes up is one label, not one each.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"

_Key = tuple[str, str, str]


class Requests(Collector):
    """One process's requests: how many there were, and how long the first byte took."""

    def __init__(self) -> None:
        # Of each: how many fell between which bounds, and how many seconds they took together.
        self._places: defaultdict[_Key, list[int]] = defaultdict(lambda: [0] * len(_NAMES))
        self._seconds: defaultdict[_Key, float] = defaultdict(float)

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count an answer; `route` is its pattern, None: there is no such route."""
        method = method if method in _METHODS else OTHER
        key = (method, route or OTHER, f"{status // 100}xx")
        self._places[key][bisect_left(BOUNDS, seconds)] += 1
        self._seconds[key] += seconds

    def collect(self) -> Iterator[Metric]:
        count = CounterMetricFamily(
            "osmodesk_http_requests", "Requests answered, by route and status.", labels=_LABELS
        )
        took = HistogramMetricFamily(
            "osmodesk_http_seconds",
            "From a request's head until its answer began, its body's arrival included.",
            labels=_LABELS,
        )
        for key, places in self._places.items():
            count.add_metric(key, sum(places))
            buckets = zip(_NAMES, map(float, accumulate(places)), strict=True)
            took.add_metric(key, list(buckets), self._seconds[key])
        yield from (count, took)
