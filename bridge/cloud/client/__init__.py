"""The Graph API client and its errors."""
