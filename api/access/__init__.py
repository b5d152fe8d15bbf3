"""Access to routes: authentication and permissions."""
