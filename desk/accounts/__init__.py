"""Accounts: who logs in, with which password, and whose Telegram account is whose."""
