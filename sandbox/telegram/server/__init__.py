"""The Bot API's HTTP server."""
