"""Put one process together: HTTP server, services, shutdown."""
