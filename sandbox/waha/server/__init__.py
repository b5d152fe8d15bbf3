"""WAHA's HTTP server."""
