"""Numbers at Meta's Cloud API: webhooks in, a dozen Graph calls out."""
