"""`osmodesk channels`: bots and numbers."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from typing import TYPE_CHECKING, Annotated

import typer

from scripts.commands.words import find_language, say, to_operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.channels.models import CheckResultOut
    from scripts.administration.credentials import CredentialField

app = typer.Typer(help="Channels: Telegram bots and WhatsApp numbers.", no_args_is_help=True)

Channel = Annotated[str, typer.Argument(help="The channel's id, or its name.")]


@app.command()
def add(
    kind: Annotated[
        str, typer.Argument(help="telegram, whatsapp_cloud, or whatsapp_waha (by QR code).")
    ],
    name: Annotated[
        str | None, typer.Option(help="Shown to staff; left out: the provider's name.")
    ] = None,
    staff_group: Annotated[
        list[str] | None,
        typer.Option(
            help="A staff group's id; may be given several times. Left out for WhatsApp: "
            "the groups of the first bot."
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A value of the credentials. Other users of this machine can see it: for secrets, "
            "wait to be asked.",
        ),
    ] = None,
) -> None:
    """Add a channel, after its provider accepted the credentials.

    What is missing is asked for. A script writes NAME=VALUE lines on standard input.
    """
    from scripts.administration import channels, credentials
    from scripts.administration.desk_access import run_on_desk

    fields = credentials.list_fields(kind)
    values = credentials.read_assignments(given or []) | credentials.read_standard_input()
    body = {"kind": kind, "credentials": credentials.complete_credentials(fields, values, _ask)}
    if name is not None:
        body["name"] = name
    if staff_group:
        body["staff_groups"] = staff_group
    wanted = credentials.build_channel(body)
    added = run_on_desk(lambda desk: channels.add(desk, wanted))
    channels.describe(added, say)
    _show_results(added.last_check)


@app.command("list")
def list_() -> None:
    """List all channels."""
    from scripts.administration import channels
    from scripts.administration.desk_access import run_on_desk
    from scripts.commands.tables import print_table

    rows = [channels.to_row(each) for each in run_on_desk(channels.list_channels)]
    if rows:
        print_table(rows)
    else:
        say("No channels yet: osmodesk channels add KIND, or set TELEGRAM_BOT_TOKEN")


@app.command("test")
def test_(channel: Channel) -> None:
    """Check a channel at its provider, and its staff groups."""
    from scripts.administration import channels
    from scripts.administration.desk_access import run_on_desk

    health = run_on_desk(lambda desk: channels.check(desk, channel))
    groups = [each.last_check for each in health.staff_groups if each.last_check is not None]
    _show_results([*health.channel, *groups])
    if not health.ok:
        raise typer.Exit(1)


@app.command()
def qr(
    channel: Channel,
    renew: Annotated[
        bool, typer.Option("--renew", help="Restart the session first: it gets new codes.")
    ] = False,
    seconds: Annotated[
        int, typer.Option(min=1, max=3600, help="How long to wait for the phone.")
    ] = 180,
) -> None:
    """Show the QR code that links a number to its phone, until it is; the desk must be running."""
    from scripts.administration import channels
    from scripts.administration.desk_access import run_on_desk

    run_on_desk(
        lambda desk: channels.show_codes(desk, channel, renew=renew, seconds=seconds, say=say)
    )


def _show_results(results: "Sequence[CheckResultOut]") -> None:
    from desk.setup.findings_translation import translate_result
    from scripts.administration import channels

    for each in results:
        typer.echo(str(translate_result(channels.to_finding(each), find_language())))


def _ask(field: "CredentialField") -> str:
    words = f"{field.name} ({to_operator(field.about)})" if field.about else field.name
    asked: str = typer.prompt(words, hide_input=field.is_secret)
    return asked
