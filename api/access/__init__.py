"""Who may call a route: authentication and permissions."""
