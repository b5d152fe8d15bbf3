"""What customers read, in the operator's own words, in the API."""
