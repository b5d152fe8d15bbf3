"""Files: upload for customers, download for agents."""
