"""Turn a typed handler into a route."""
