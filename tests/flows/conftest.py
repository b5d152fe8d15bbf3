from tests.flows.fixtures import plain_log, shared_url, stage

__all__ = ["plain_log", "shared_url", "stage"]
