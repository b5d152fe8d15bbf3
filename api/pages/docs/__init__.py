"""The page on which the API's description is read."""
