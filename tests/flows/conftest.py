from tests.flows.fixtures import api, stage

__all__ = ["api", "stage"]
