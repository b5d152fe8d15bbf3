"""Connect numbers at Meta's Cloud API: receive webhooks and make a dozen Graph calls."""
