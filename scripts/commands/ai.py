"""`osmodesk ai`: what AI agents answer from, trials of what they answer, and the agents."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from pathlib import Path
from typing import Annotated

import typer

from scripts.commands.words import say, to_operator

_AGENT = typer.Option("--agent", help="Name or id of the AI agent; needed if there are several.")

app = typer.Typer(help="Import articles; try, list and delete AI agents.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Import articles; try, list and delete AI agents."""


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
            count = import_with_progress(path, language, tag or [], say)
            say(f"{path.name}: {count} articles imported")
        except (ImportRefusedError, ArticleRefusedError, OSError) as error:
            failed += 1
            reason = error.strerror if isinstance(error, OSError) else str(error)
            say(f"{path.name}: not imported: {reason}", is_aside=True)
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
    from scripts.upkeep.ai_trials import ask_agent

    for line in ask_agent(question, agent, language, to_operator):
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
    from scripts.upkeep.ai_trials import replay_questions

    replay_questions(agent, config, level, limit, say=typer.echo, to_operator=to_operator)


@app.command("list")
def list_() -> None:
    """List all AI agents."""
    from scripts.administration.ai_agents import list_agents
    from scripts.administration.desk_access import run_on_desk

    rows = run_on_desk(list_agents)
    if not rows:
        say("No AI agents yet: create one with POST /api/v1/ai-agents")
    for row in rows:
        sessions = to_operator(f"{row.active_sessions} sessions")
        typer.echo(
            f"{row.name}: {row.level}, {row.config.mode}, {row.status}, {sessions}, {row.id}"
        )


@app.command()
def delete(agent: Annotated[str, typer.Argument(help="Name or id of the AI agent.")]) -> None:
    """Delete an AI agent: humans get its sessions; its answers, logs and figures stay."""
    from scripts.administration.ai_agents import delete_agent
    from scripts.administration.desk_access import run_on_desk

    name = run_on_desk(lambda desk: delete_agent(desk, agent))
    say(f"{name} is deleted: humans or the queue have its sessions.")
