"""The subcommands of `osmodesk`, one file for each group; each says what it does in --help."""
