"""`osmodesk ai`: what AI agents answer from, and trials of what they answer."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from pathlib import Path
from typing import Annotated

import typer

_AGENT = typer.Option("--agent", help="Name or id of the AI agent; needed if there are several.")

app = typer.Typer(help="Import articles, and try AI agents.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Import articles, and try AI agents."""


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Markdown, HTML, PDF or CSV files.")],
    language: Annotated[
        str, typer.Option(help="Language of the articles, where a file names no other.")
    ] = "en",
    tag: Annotated[
        list[str] | None, typer.Option(help="Tag of all articles; may be given several times.")
    ] = None,
) -> None:
    """Import articles from files; a file with the same name replaces the earlier one."""
    from desk.knowledge.importing.blocks import ImportRefusedError
    from desk.knowledge.writing import ArticleRefusedError
    from scripts.upkeep.knowledge import import_with_progress

    failed = 0
    for path in files:
        try:
            count = import_with_progress(path, language, tag or [], typer.echo)
            typer.echo(f"{path.name}: {count} articles imported")
        except (ImportRefusedError, ArticleRefusedError, OSError) as error:
            failed += 1
            reason = error.strerror if isinstance(error, OSError) else str(error)
            typer.echo(f"{path.name}: not imported: {reason}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What a customer would write.")],
    agent: Annotated[str | None, _AGENT] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the customer, such as en or id.")
    ] = None,
) -> None:
    """Ask an AI agent a question; nothing is sent. Shows the answer, and why it is that one."""
    from scripts.upkeep.ai_trials import TrialRefusedError, ask_agent

    try:
        lines = ask_agent(question, agent, language)
    except TrialRefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(line)


@app.command()
def replay(
    agent: Annotated[str | None, _AGENT] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="JSON file with the changed fields of the configuration, named as in the API."
        ),
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="Another level: Basic, Intermediate or Advanced.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most questions, newest first.", min=1)] = 50,
) -> None:
    """Ask an AI agent past questions again, with a changed configuration; nothing is sent.

    Shows both answers side by side, and how many were answered, handed over and changed.
    """
    from scripts.upkeep.ai_trials import TrialRefusedError, replay_questions

    try:
        replay_questions(agent, config, level, limit, typer.echo)
    except TrialRefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
