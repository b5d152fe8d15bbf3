"""The call that sends a message, and its checks."""
