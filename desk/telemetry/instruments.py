"""Counters and histograms for the hot path: plain numbers, exported when Prometheus asks.

The library's own instruments cost up to a microsecond per count, for locks that one thread does not
need.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

# Seconds. The p99 goals are 30 ms when idle and 2 s with a backlog; a rate limit delays up to a
# minute.
BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
_BUCKET_NAMES = (*map(str, BUCKETS), "+Inf")


class CounterMetric(Collector):
    """Counts by label values."""

    def __init__(self, name: str, about: str, labels: Sequence[str] = ()) -> None:
        self._name, self._about, self._labels = name, about, labels
        # A counter without labels is exported from the start, as 0.
        self.counts: Counter[tuple[str, ...]] = Counter() if labels else Counter({(): 0})

    def add(self, *values: str, count: int = 1) -> None:
        self.counts[values] += count

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._about, labels=self._labels)
        for values, count in self.counts.items():
            family.add_metric(values, count)
        yield family


class Durations:
    """Counts durations in buckets."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * len(_BUCKET_NAMES)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Histogram(Collector):
    """Durations by the values of one label, which are known from the start."""

    def __init__(self, name: str, about: str, label: str, values: Sequence[str]) -> None:
        self._name, self._about, self._label = name, about, label
        self.by_label = {value: Durations() for value in values}

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self._name, self._about, labels=[self._label])
        for value, durations in self.by_label.items():
            buckets = list(
                zip(_BUCKET_NAMES, map(float, accumulate(durations.counts)), strict=True)
            )
            family.add_metric([value], buckets, durations.total)
        yield family
