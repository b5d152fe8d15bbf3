"""What a help desk does, on any channel: knows no provider, only ports."""
