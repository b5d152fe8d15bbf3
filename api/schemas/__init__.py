"""Field types and models that several endpoints share."""
