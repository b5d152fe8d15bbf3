"""What processes share: wake-ups, budgets, and who does what only one may do."""
