"""Local stand-ins for the providers, over real HTTP, and a page to try them on."""
