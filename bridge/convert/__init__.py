"""Convert WhatsApp's text formatting for both kinds of number, with pure functions by direction."""
