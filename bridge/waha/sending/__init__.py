"""Send messages through WAHA."""
