"""What is installed and configured, for whoever runs it."""
