"""Events that webhooks report: incoming messages and statuses."""
