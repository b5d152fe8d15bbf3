"""Media files below MEDIA_DIR: agents' uploads, and files fetched from providers."""
