"""Files: what agents upload, and what is fetched from providers, below MEDIA_DIR."""
