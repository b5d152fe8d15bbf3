"""Broadcasts: the rows, who gets one, and what became of each recipient."""
