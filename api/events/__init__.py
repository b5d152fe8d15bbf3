"""Live events as a stream."""
