"""What is kept: tables, the two queues, every query. Knows no room above it."""
