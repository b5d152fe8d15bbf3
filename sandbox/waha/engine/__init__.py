"""Sessions, chats, and the events about them."""
