"""HTTP concerns: middlewares, policy, headers, health."""
