"""Channel connections of this process, and how they follow changes."""
