"""What is installed and configured, for operators."""
