"""Sessions: listed, shown, steered."""
