"""Accounts: users, log-ins, passwords, second factors, and the Telegram bindings of agents."""
