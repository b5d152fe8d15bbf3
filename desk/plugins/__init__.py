"""Channel plug-ins: the one object by which everything else knows a kind of channel."""
