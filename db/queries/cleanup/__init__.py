"""Delete old rows in small batches."""
