"""docs/settings.md is made from .env.example and the settings' class."""

from pathlib import Path

from scripts.configuration.reference import read_example, render_reference
from scripts.configuration.settings import Settings

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / ".env.example").read_text()


def test_the_page_is_current() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    assert page == render_reference(EXAMPLE), "run: make docs"


def test_every_setting_is_explained_once() -> None:
    found = read_example(EXAMPLE)
    assert sorted(each.name.lower() for each in found) == sorted(Settings.model_fields)
    assert all(each.section for each in found)
    assert all(field.description for field in Settings.model_fields.values())
