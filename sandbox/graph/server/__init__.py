"""The Graph API's HTTP server."""
