"""Set up and check Cloud API numbers."""
