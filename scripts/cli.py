"""Runs the `osmodesk` command."""

import sys

from scripts.commands import serve

# They take no options, and live for months: they are started without the command line's library,
# which takes memory. Their --help comes from scripts/command_line.py, like all others.
_PROCESSES = {"run": serve.run, "web": serve.web, "worker": serve.worker}


def main() -> None:
    """Run the command, and print errors in one line each, without a traceback."""
    try:
        _run(sys.argv[1:])
    except Exception as error:
        from scripts.commands.words import to_operator  # noqa: PLC0415 only when something failed
        from scripts.monitoring.error_messages import explain, get_exit_code  # noqa: PLC0415 as above

        for line in explain(error).splitlines():
            print(f"osmodesk: {to_operator(line)}", file=sys.stderr)  # noqa: T201 a command speaks to a person
        sys.exit(get_exit_code(error))
    except KeyboardInterrupt:  # before the process handles the signal by itself
        sys.exit(130)


def _run(arguments: list[str]) -> None:
    match arguments:
        case [name] if name in _PROCESSES:
            _PROCESSES[name]()
        case _:
            from scripts.command_line import build_command  # noqa: PLC0415 what its commands need

            build_command()()


if __name__ == "__main__":
    main()
