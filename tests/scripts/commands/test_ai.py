"""`osmodesk ai import`: files become articles, and a broken file says why."""

from collections.abc import Callable
from pathlib import Path

from tests.scripts.conftest import Command


def test_files_are_imported_and_broken_ones_named(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> None:
    environment(DATABASE_URL=migrated_url)
    faq, broken = tmp_path / "faq.md", tmp_path / "broken.pdf"
    faq.write_text("".join(f"# Question {number}\n\nAnswer.\n\n" for number in range(45)), "utf-8")
    broken.write_bytes(b"%PDF-1.4\n" + bytes(50))
    done = osmodesk("ai", "import", str(faq), "--language", "en", "--tag", "shop")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "faq.md: 20 of 45",
        "faq.md: 40 of 45",
        "faq.md: 45 articles imported",
    ]
    failed = osmodesk("ai", "import", str(broken), str(tmp_path / "none.md"), str(faq))
    assert failed.code == 1
    assert "broken.pdf: not imported: the PDF cannot be read" in failed.err
    assert "none.md: not imported: No such file" in failed.err
    assert "faq.md: 45 articles imported" in failed.out
