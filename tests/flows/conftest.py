from tests.flows.fixtures import api, plain_log, shared_url, stage

__all__ = ["api", "plain_log", "shared_url", "stage"]
