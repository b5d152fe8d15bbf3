"""Files: sent to customers, and read by agents."""
