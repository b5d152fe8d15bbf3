import pytest

ONE_SKIPPED = """
import pytest

def test_runs():
    pass

@pytest.mark.parametrize("engine", ["mariadb"])
def test_waits(engine):
    pytest.skip(f"{engine} is not installed")
"""


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "tests.services.not_run", "-p", "no:asyncio", "-ra")


def test_what_could_not_run_is_named_last(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = run(pytester, ONE_SKIPPED)
    *_, section, line, closing = result.outlines
    assert section.strip("= ") == "NOT RUN"
    assert line.startswith("NOT RUN ")
    assert line.endswith("::test_waits[mariadb]: mariadb is not installed")
    assert "1 passed, 1 skipped" in closing
    assert result.ret == pytest.ExitCode.OK


def test_ci_fails_when_something_could_not_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(pytester, ONE_SKIPPED)
    assert result.outlines[-2] == "CI is set and 1 did not run: this run fails."
    assert "1 passed, 1 skipped" in result.outlines[-1]
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_ci_passes_when_everything_ran(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(pytester, "def test_runs(): pass")
    assert "NOT RUN" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.OK


def test_a_file_skipped_whole_is_named_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    source = "import pytest; pytest.skip('no browser', allow_module_level=True)"
    result = run(pytester, f"{source}\ndef test_runs(): pass")
    result.stdout.fnmatch_lines(["NOT RUN *.py: no browser"])
    assert result.ret != pytest.ExitCode.OK
