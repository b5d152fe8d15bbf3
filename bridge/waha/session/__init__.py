"""Keep a WAHA session linked to its phone."""
