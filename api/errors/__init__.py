"""The API's errors and how they are rendered."""
