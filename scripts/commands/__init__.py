"""The subcommands of `osmodesk`, one file for each group; --help describes each."""
