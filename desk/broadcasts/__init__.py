"""Broadcasts: one text for many customers, sent after everything else."""
