"""Link WhatsApp numbers to phones by QR code: their status, the notices, and the code pictures."""
