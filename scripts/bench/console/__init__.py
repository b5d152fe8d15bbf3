"""The console in a browser on a slow phone, beside its budgets."""
