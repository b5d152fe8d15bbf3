from tests.flows.fixtures import shared_url, stage

__all__ = ["shared_url", "stage"]
