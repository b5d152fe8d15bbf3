"""Notes that name an agent."""
