"""Tables, the two queues, and every query. Imports no room above it."""
