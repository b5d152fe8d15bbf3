"""The WhatsApp channels: Meta's Cloud API, and numbers linked by QR code through WAHA."""
