"""The alert rules of docs/alerts.yml, and the metrics that they name."""

import re
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "docs/alerts.yml"
_SELECTOR = re.compile(r"(osmodesk_[a-z_]+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*=~?\s*"')


def load_rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(FILE.read_text())["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def list_selectors() -> list[tuple[str, set[str]]]:
    """List each of our metrics that a rule names, with the names of its labels."""
    return [
        (name, set(_LABEL.findall(labels)))
        for rule in load_rules()
        for name, labels in _SELECTOR.findall(rule["expr"])
    ]
