"""Messages, their copies at providers, and their delivery status."""
