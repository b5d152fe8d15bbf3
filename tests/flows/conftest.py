from tests.flows.fixtures import api, plain_log, stage

__all__ = ["api", "plain_log", "stage"]
