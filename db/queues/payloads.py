"""Keys of the payloads that outbox rows carry."""

# Set in the payload of a reply that is one part of a long one.
PART_KEY = "is_part"
