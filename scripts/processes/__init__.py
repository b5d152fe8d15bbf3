"""Run the desk as one process, as web or as worker."""
