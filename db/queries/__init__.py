"""All queries and views, by subject."""
