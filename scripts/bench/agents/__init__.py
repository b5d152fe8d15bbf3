"""AI agents in a whole desk: what they cost beside the model, and what they cost the others."""
