"""Code that the stand-ins share."""
