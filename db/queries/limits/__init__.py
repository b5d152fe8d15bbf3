"""Rate-limit backoffs and usage."""
