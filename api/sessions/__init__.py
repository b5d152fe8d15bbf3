"""Sessions: list, show and act on them."""
