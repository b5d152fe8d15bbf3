"""Log in and out, and manage one's own account."""
