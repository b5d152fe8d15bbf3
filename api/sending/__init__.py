"""Send, edit and delete messages through the API."""
