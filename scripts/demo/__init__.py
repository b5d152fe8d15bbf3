"""The demo: a desk to play with, on local stand-ins."""
