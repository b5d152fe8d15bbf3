"""The doctor speaks the operator's language, and prints JSON for programs."""

import json
import re
from collections.abc import Callable

import pytest

from desk.setup.findings import report_error
from desk.setup.findings_translation import load_catalogue, translate_result
from desk.texts import LANGUAGES
from desk.texts.catalogue import Catalogue, read_texts
from scripts.private_servers.process import free_port
from tests.scripts.conftest import SECRETS, Command
from tests.scripts.doctor.report_texts import ROOT, list_templates

# Texts that are made in several steps, so that they are not found in the code.
MADE_IN_STEPS = {
    "channel {1}, {2}",
    "run: osmodesk db deploy",
    "run: osmodesk db migrate (osmodesk run does it too)",
    "set TELEGRAM_STAFF_GROUP to {1}",
}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_of_the_doctor_is_translated(language: str) -> None:
    texts = read_texts(ROOT / f"desk/setup/findings_{language}.toml")
    said = list_templates()
    assert said - texts.keys() == set(), "translate these in desk/setup/findings_….toml"
    assert texts.keys() - said == MADE_IN_STEPS, "nobody says these any more"
    for text, translated in texts.items():
        values = re.findall(r"\{\w+\}", text)
        assert sorted(re.findall(r"\{\w+\}", translated)) == sorted(values), text


def test_values_stay_and_the_most_specific_text_wins() -> None:
    catalogue = Catalogue(
        {"{1} is free": "{1} kosong", "{1} from {2}": "{2}: {1}", "the port {1} is free": "!{1}"}
    )
    assert catalogue.translate("the port 80 is free") == "!80"
    assert catalogue.translate("127.0.0.1:80 is free") == "127.0.0.1:80 kosong"
    assert catalogue.translate("{2} from \\1") == "\\1: {2}"
    assert catalogue.translate("what nobody knows") == "what nobody knows"
    assert load_catalogue("en") is None
    result = report_error("channel Shop, database", "rejects the password", "restore a backup")
    assert str(translate_result(result, "id")) == (
        "✗ kanal Shop, basis data: menolak kata sandi → pulihkan sebuah cadangan"
    )
    assert translate_result(result, "en") is result


def test_the_operator_reads_indonesian_and_programs_json(
    osmodesk: Command, environment: Callable[..., None]
) -> None:
    environment(**SECRETS, DEFAULT_LANGUAGE="id", PORT=str(free_port()))
    shown = osmodesk("doctor")
    assert "✓ pengaturan: sah, dan kedua rahasia sudah diisi" in shown.out
    assert "! bot: TELEGRAM_BOT_TOKEN belum diisi → ambil dari @BotFather" in shown.out
    told = osmodesk("doctor", "--json")
    report = json.loads(told.out)
    assert (report["ok"], shown.code, told.code) == (True, 0, 0)
    assert len(report["checks"]) == len(shown.out.splitlines())
    assert {
        "result": "good",
        "subject": "settings",
        "text": "valid, and both secrets are set",
        "remedy": None,
    } in report["checks"]


def test_json_tells_what_is_wrong(osmodesk: Command, environment: Callable[..., None]) -> None:
    environment(**SECRETS, PORT="high")
    told = osmodesk("doctor", "--json")
    report = json.loads(told.out)
    assert (told.code, report["ok"]) == (1, False)
    assert [each["result"] for each in report["checks"]] == ["bad"]
    assert "high" not in told.out
