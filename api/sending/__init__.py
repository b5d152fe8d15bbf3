"""What agents send, change and take back by the API."""
