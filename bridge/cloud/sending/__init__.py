"""Send messages through the Cloud API."""
