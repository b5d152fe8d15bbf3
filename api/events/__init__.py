"""Live events: what happens, told to whoever listens."""
