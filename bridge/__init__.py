"""The WhatsApp side: Meta's Cloud API, and numbers linked by QR code through WAHA."""
