"""The services of a server: systemd units, and the command that runs as the services' user."""
