"""Messages in and out: what is stored, edited, drafted, and when a reply window closes."""
