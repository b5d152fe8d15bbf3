"""`osmodesk ai`: what AI agents answer from."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Import articles that AI agents answer from.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Import articles that AI agents answer from."""


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
