"""A stand-in for an OpenAI-compatible server: chat completions, embeddings, models."""
