"""The inbox, the outbox, and the lanes that order them."""
