"""Request metrics have few labels, whatever clients ask for."""

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from desk.telemetry.request_metrics import BUCKETS, RequestMetrics


def read_samples(requests: RequestMetrics) -> dict[tuple[str, ...], float]:
    """Return the samples: (name, label values in the order of their names) → value."""
    registry = CollectorRegistry()
    registry.register(requests)
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }


def test_answers_are_counted_by_method_route_and_class_of_status() -> None:
    requests = RequestMetrics()
    for status, seconds in ((200, 0.00390625), (201, 0.25), (404, 0.001)):
        requests.count_response("GET", "/sessions/{session_id}", status, seconds)
    found = read_samples(requests)
    count, route = "osmodesk_http_requests_total", "/sessions/{session_id}"
    assert found[count, "GET", route, "2xx"] == 2
    assert found[count, "GET", route, "4xx"] == 1
    assert found["osmodesk_http_seconds_count", "GET", route, "2xx"] == 2
    assert found["osmodesk_http_seconds_sum", "GET", route, "2xx"] == 0.25390625
    bucket = "osmodesk_http_seconds_bucket"
    within = [found[bucket, str(each), "GET", route, "2xx"] for each in BUCKETS]
    assert within == [1, 1, 1, 1, 2, 2, 2, 2]


def test_clients_cannot_create_labels() -> None:
    requests = RequestMetrics()
    for number in range(100):
        requests.count_response(f"M{number}", None, 404, 0.0)
    found = read_samples(requests)
    assert found["osmodesk_http_requests_total", "other", "other", "4xx"] == 100
    assert len({key for key in found if key[0] == "osmodesk_http_requests_total"}) == 1
