"""Messages and members of chats, and the updates about them."""
