"""How soon a signed WhatsApp webhook is kept and answered, while the desk works."""
