"""Whatever a file is called, only a safe name is shown: never a path or a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.media.file_names import clean_name


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("Quarterly report (2).pdf", "Quarterly report (2).pdf"),
        ("отчёт.docx", "отчёт.docx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/etc/shadow", "shadow"),
        ("a/..", None),
        ("....", None),
        (".bashrc", "bashrc"),
        ("a\x00b.txt", "ab.txt"),
        ('a"\r\nX-Evil: 1.txt', "a_ X-Evil_ 1.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\ud800.txt", "txt"),
        ("%2e%2e%2fx", "_2e_2e_2fx"),
        ("a \x1b b.txt", "a b.txt"),
        ("C:secret.txt", "C_secret.txt"),
        ("", None),
        (None, None),
        ("  ", None),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_names_are_cleaned(given_name: str | None, clean: str | None) -> None:
    assert clean_name(given_name) == clean


@given(st.text(max_size=300))
def test_every_clean_name_is_safe(text: str) -> None:
    clean = clean_name(text)
    if clean is None:
        return
    assert 0 < len(clean) <= 120
    assert not set(clean) & set('/\\:*?"<>|\r\n\t\x00')
    assert clean[0] not in ". "
    assert clean.isprintable()
    assert clean_name(clean) == clean
