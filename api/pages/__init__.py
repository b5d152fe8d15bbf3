"""HTML pages that the API serves."""
