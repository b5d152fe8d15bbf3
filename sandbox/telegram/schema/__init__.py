"""The Bot API's published schema."""
