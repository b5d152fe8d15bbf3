"""Set up and check WAHA servers."""
