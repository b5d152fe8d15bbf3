"""Handle what WAHA reports of linked numbers."""
