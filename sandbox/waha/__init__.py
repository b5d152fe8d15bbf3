"""A stand-in for WAHA, which links WhatsApp phones."""
