"""How fast reports are, over many sessions."""
