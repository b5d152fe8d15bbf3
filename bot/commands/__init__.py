"""The commands of a conversation: typed in its topic, or pressed as a button there."""
